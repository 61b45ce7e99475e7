#include "selftest/agent_port.hpp"

#include <cstdlib>

#include <sys/syscall.h>
#include <unistd.h>

#include "lib/ktap.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"

namespace kproof::selftest {

int steal_agent_port() {
  for (const std::string& fd : lib::sysfs::list("/proc/1/fd")) {
    if (lib::sysfs::link_name("/proc/1/fd/" + fd).rfind("vport", 0) != 0) continue;
    const long pidfd = lib::safe::check(::syscall(SYS_pidfd_open, 1, 0), "pidfd_open(1)");
    return static_cast<int>(lib::safe::check(
        ::syscall(SYS_pidfd_getfd, pidfd, std::atoi(fd.c_str()), 0), "pidfd_getfd"));
  }
  lib::ktap::bail_out("PID 1 has no virtio port open");
}

}  // namespace kproof::selftest
