#include "suite/counters.hpp"

#include <cerrno>
#include <cstring>

#include <sys/syscall.h>
#include <unistd.h>

#include "kvm/perf_event.hpp"
#include "kvm/tracepoint.hpp"
#include "machine/parked_cpus.hpp"

namespace kproof::suite {

ProgramCounter::ProgramCounter(const std::string& event, pid_t process) {
  auto attributes = kvm::attributes_of(event, problem_);
  if (!attributes) return;
  attributes->disabled = attributes->enable_on_exec = attributes->inherit = 1;
  const machine::ParkedCpus parked;  // a tracepoint that is turned on is patched in
  fd_ = static_cast<int>(
      ::syscall(SYS_perf_event_open, &*attributes, process, -1, -1, PERF_FLAG_FD_CLOEXEC));
  if (fd_ < 0) problem_ = "perf_event_open of " + event + ": " + std::strerror(errno);
}

ProgramCounter::~ProgramCounter() {
  const machine::ParkedCpus parked;
  if (fd_ >= 0) ::close(fd_);
}

std::uint64_t ProgramCounter::count() const {
  return fd_ < 0 ? 0 : kvm::read_perf_event(fd_);
}

}  // namespace kproof::suite
