#include "virt/library.hpp"

#include <cstdlib>

#include <libvirt/virterror.h>

namespace kproof::virt {

void prepare_library() {
  constexpr int kKeep = 0;
  ::setenv("LIBVIRT_LOG_OUTPUTS", "3:file:/dev/null", kKeep);  // 3: warnings and errors
  virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
}

}  // namespace kproof::virt
