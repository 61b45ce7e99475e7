#include "lib/guest.hpp"

#include <unistd.h>

#include "lib/sysfs.hpp"

namespace kproof::lib {

bool in_throwaway_guest() {
  return ::geteuid() == 0 && sysfs::read("/proc/mounts").find(" / rootfs ") != std::string::npos;
}

}  // namespace kproof::lib
