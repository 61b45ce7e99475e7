#include "machine/parked_cpus.hpp"

#include <sched.h>

#include "machine/hypervisor.hpp"

namespace kproof::machine {

ParkedCpus::ParkedCpus() {
  if (!under_tcg() || ::sched_getaffinity(0, sizeof allowed_, &allowed_) != 0) return;
  const int here = ::sched_getcpu();
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(here, &one);
  ::sched_setaffinity(0, sizeof one, &one);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &allowed_) && cpu != here)
      spinners_.emplace_back([this, cpu] { spin(cpu); });
  while (parked_ < spinners_.size())
    ::sched_yield();
}

ParkedCpus::~ParkedCpus() {
  end_ = true;
  for (std::thread& spinner : spinners_)
    spinner.join();
  if (!spinners_.empty()) ::sched_setaffinity(0, sizeof allowed_, &allowed_);
}

// At a priority that no ordinary thread takes the CPU from. Without the right to that, it spins at
// its own, which is better than nothing.
void ParkedCpus::spin(int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  ::sched_setaffinity(0, sizeof one, &one);
  sched_param parameters{};
  parameters.sched_priority = 1;
  ::sched_setscheduler(0, SCHED_FIFO, &parameters);
  ++parked_;
  while (!end_) {
  }
}

}  // namespace kproof::machine
