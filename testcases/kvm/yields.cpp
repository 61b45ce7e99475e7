#include "kvm/yields.hpp"

#include <cerrno>
#include <cstring>

#include <sched.h>
#include <unistd.h>

#include "kvm/perf_event.hpp"
#include "machine/parked_cpus.hpp"

namespace kproof::kvm {

YieldCounter::YieldCounter() {
  problem_ = kprobes_missing();
  if (!problem_.empty()) return;
  const machine::ParkedCpus parked;
  fd_ = open_perf_event(kprobe_at(kYield), ::sched_getcpu());
  if (fd_ < 0) {
    problem_ = std::string("kprobe at ") + kYield + ": " + std::strerror(errno);
    return;
  }
  start_perf_event(fd_, of_thread(::gettid()));
}

YieldCounter::~YieldCounter() {
  const machine::ParkedCpus parked;
  if (fd_ >= 0) ::close(fd_);
}

std::uint64_t YieldCounter::count() const {
  return fd_ >= 0 ? read_perf_event(fd_) : 0;
}

}  // namespace kproof::kvm
