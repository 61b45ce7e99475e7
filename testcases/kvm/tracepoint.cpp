#include "kvm/tracepoint.hpp"

#include <cerrno>
#include <cstring>

#include <unistd.h>

#include "kvm/perf_event.hpp"
#include "lib/sysfs.hpp"
#include "machine/parked_cpus.hpp"

namespace kproof::kvm {

std::optional<perf_event_attr> attributes_of(const std::string& event, std::string& problem) {
  const std::string file = "/sys/kernel/tracing/events/" + event + "/id";
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.size = sizeof attributes;
  attributes.config = lib::sysfs::read_number(file);
  if (attributes.config != 0) return attributes;
  problem = file + " cannot be read";
  return std::nullopt;
}

TracepointCounter::TracepointCounter(const std::string& event, const std::string& filter) {
  const auto attributes = attributes_of(event, problem_);
  if (!attributes) return;
  const machine::ParkedCpus parked;  // a tracepoint that is turned on is patched in
  for (int cpu = 0; cpu < ::sysconf(_SC_NPROCESSORS_CONF); ++cpu) {
    const int fd = open_perf_event(*attributes, cpu);
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
