#include "machine/parked_cpus.hpp"

#include <chrono>

#include <sched.h>

#include "machine/cpus.hpp"
#include "machine/hypervisor.hpp"
#include "machine/sysfs.hpp"

namespace kproof::machine {

// What it was; "" where there is no such limit, or no right to it.
static std::string replace_real_time_limit(const std::string& limit) {
  const char* path = "/proc/sys/kernel/sched_rt_runtime_us";
  const std::string before = sysfs::read(path);
  return sysfs::try_write(path, limit) == 0 ? before : "";
}

ParkedCpus::ParkedCpus() : allowed_(allowed_cpus()), possible_(possible_cpus()) {
  if (!under_tcg() || allowed_.empty()) return;
  real_time_limit_ = replace_real_time_limit("-1");
  const int here = ::sched_getcpu();
  stay_on_cpus({here});
  for (const int cpu : possible_)
    if (cpu != here) spinners_.emplace_back([this, cpu] { spin(cpu); });
  // By sleep: a spinner starts on this CPU, at an ordinary priority, and we may be real-time.
  for (unsigned parked = parked_; parked < spinners_.size(); parked = parked_)
    parked_.wait(parked);
}

ParkedCpus::~ParkedCpus() {
  end_ = true;
  for (std::thread& spinner : spinners_)
    spinner.join();
  if (!spinners_.empty()) stay_on_cpus(allowed_);
  if (!real_time_limit_.empty()) replace_real_time_limit(real_time_limit_);
}

// At a priority that no ordinary thread takes the CPU from. Without the right to that, it spins at
// its own, which is better than nothing. Not for ever: what is parked for may come to wait for work
// that was queued on this CPU before (of an SRCU grace period, say).
void ParkedCpus::spin(int cpu) {
  stay_on_cpus({cpu});
  sched_param parameters{};
  parameters.sched_priority = 1;
  ::sched_setscheduler(0, SCHED_FIFO, &parameters);
  ++parked_;
  parked_.notify_one();
  const auto last = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  // To ask for the time may be a system call, and the kernel is where this CPU must not be.
  for (unsigned round = 1; !end_; ++round)
    if (round % (1U << 20) == 0 && std::chrono::steady_clock::now() >= last) return;
}

}  // namespace kproof::machine
