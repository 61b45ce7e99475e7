#include "kvm/tracepoint.hpp"

#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "kvm/perf_event.hpp"
#include "lib/sysfs.hpp"
#include "machine/parked_cpus.hpp"

namespace kproof::kvm {

TracepointCounter::TracepointCounter(const std::string& event, const std::string& filter) {
  const std::string file = "/sys/kernel/tracing/events/" + event + "/id";
  const std::uint64_t id = lib::sysfs::read_number(file);
  if (id == 0) {
    problem_ = file + " cannot be read";
    return;
  }
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.config = id;
  const machine::ParkedCpus parked;  // a tracepoint that is turned on is patched in
  for (int cpu = 0; cpu < ::sysconf(_SC_NPROCESSORS_CONF); ++cpu) {
    const int fd = open_perf_event(attributes, cpu);
    if (fd < 0 && errno == ENODEV) continue;  // that CPU is offline
    if (fd < 0) {
      problem_ = "perf_event_open of " + event + ": " + std::strerror(errno);
      return;
    }
    fds_.push_back(fd);
    start_perf_event(fd, filter);
  }
}

TracepointCounter::~TracepointCounter() {
  const machine::ParkedCpus parked;
  for (const int fd : fds_)
    ::close(fd);
}

std::uint64_t TracepointCounter::count() const {
  std::uint64_t sum = 0;
  for (const int fd : fds_)
    sum += read_perf_event(fd);
  return sum;
}

}  // namespace kproof::kvm
