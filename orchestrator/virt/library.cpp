#include "virt/library.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

namespace kproof::virt {

void prepare_library() {
  constexpr int kKeep = 0;
  ::setenv("LIBVIRT_LOG_OUTPUTS", "3:file:/dev/null", kKeep);  // 3: warnings and errors
  virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
}

std::string library_version() {
  prepare_library();  // this may be the first that is called of it
  unsigned long version = 0;
  if (::virGetVersion(&version, nullptr, nullptr) != 0) return "unknown";
  return fmt::format("{}.{}.{}", version / 1000000, version / 1000 % 1000, version % 1000);
}

}  // namespace kproof::virt
