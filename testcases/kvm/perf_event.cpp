#include "kvm/perf_event.hpp"

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/safe.hpp"

namespace kproof::kvm {

int open_perf_event(perf_event_attr attributes, int cpu) {
  attributes.size = sizeof attributes;
  attributes.disabled = 1;
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

void start_perf_event(int fd, const std::string& filter) {
  lib::safe::check(::ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter.c_str()),
                   "PERF_EVENT_IOC_SET_FILTER");
  lib::safe::check(::ioctl(fd, PERF_EVENT_IOC_ENABLE), "PERF_EVENT_IOC_ENABLE");
}

std::string of_thread(pid_t thread) {
  return "common_pid == " + std::to_string(thread);
}

std::uint64_t read_perf_event(int fd) {
  std::uint64_t count = 0;
  if (::read(fd, &count, sizeof count) != sizeof count)
    lib::safe::check(-1, "read of a perf event");
  return count;
}

}  // namespace kproof::kvm
