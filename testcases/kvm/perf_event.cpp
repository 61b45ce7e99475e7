#include "kvm/perf_event.hpp"

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/safe.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm {

int open_perf_event(perf_event_attr attributes, int cpu) {
  attributes.size = sizeof attributes;
  attributes.disabled = 1;
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

static const char* const kKprobeType = "/sys/bus/event_source/devices/kprobe/type";

std::string kprobes_missing() {
  if (lib::sysfs::exists(kKprobeType)) return "";
  return std::string(kKprobeType) + " is not there: CONFIG_KPROBE_EVENTS";
}

// config 1: .../devices/kprobe/format/retprobe.
perf_event_attr kprobe_at(const char* function, bool at_return) {
  perf_event_attr attributes{};
  attributes.type = static_cast<std::uint32_t>(lib::sysfs::read_number(kKprobeType));
  attributes.config = at_return ? 1 : 0;
  attributes.kprobe_func = reinterpret_cast<std::uintptr_t>(function);
  return attributes;
}

void start_perf_event(int fd, const std::string& filter) {
  if (!filter.empty())
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
