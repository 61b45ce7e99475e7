#include "kvm/tracepoint.hpp"

#include <cerrno>
#include <cstring>

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/safe.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm {

// Not yet counting: what came before the filter is set would be counted whatever it is.
static int open_on(int cpu, std::uint64_t id) {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.size = sizeof attributes;
  attributes.config = id;
  attributes.disabled = 1;
  return static_cast<int>(
      ::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

TracepointCounter::TracepointCounter(const std::string& event, const std::string& filter) {
  const std::string file = "/sys/kernel/tracing/events/" + event + "/id";
  const std::uint64_t id = lib::sysfs::read_number(file);
  if (id == 0) {
    problem_ = file + " cannot be read";
    return;
  }
  for (int cpu = 0; cpu < ::sysconf(_SC_NPROCESSORS_CONF); ++cpu) {
    const int fd = open_on(cpu, id);
    if (fd < 0 && errno == ENODEV) continue;  // that CPU is offline
    if (fd < 0) {
      problem_ = "perf_event_open of " + event + ": " + std::strerror(errno);
      return;
    }
    fds_.push_back(fd);
    lib::safe::check(::ioctl(fd, PERF_EVENT_IOC_SET_FILTER, filter.c_str()),
                     "PERF_EVENT_IOC_SET_FILTER");
    lib::safe::check(::ioctl(fd, PERF_EVENT_IOC_ENABLE), "PERF_EVENT_IOC_ENABLE");
  }
}

TracepointCounter::~TracepointCounter() {
  for (const int fd : fds_)
    ::close(fd);
}

std::uint64_t TracepointCounter::count() const {
  std::uint64_t sum = 0;
  for (const int fd : fds_) {
    std::uint64_t hits = 0;
    if (::read(fd, &hits, sizeof hits) != sizeof hits) lib::safe::check(-1, "read of a tracepoint");
    sum += hits;
  }
  return sum;
}

}  // namespace kproof::kvm
