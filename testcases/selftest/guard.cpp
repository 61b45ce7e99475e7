#include "selftest/guard.hpp"

#include <unistd.h>

#include "lib/ktap.hpp"
#include "lib/sysfs.hpp"

namespace kproof::selftest {

void only_in_a_throwaway_guest() {
  if (::geteuid() != 0) lib::ktap::bail_out("only root can do this");
  if (lib::sysfs::read("/proc/mounts").find(" / rootfs ") == std::string::npos)
    lib::ktap::bail_out("/ is no initramfs: this program takes its machine down on purpose");
}

}  // namespace kproof::selftest
