#include "machine/parked_cpus.hpp"

#include <sched.h>

#include "machine/cpus.hpp"
#include "machine/hypervisor.hpp"

namespace kproof::machine {

ParkedCpus::ParkedCpus() : allowed_(allowed_cpus()) {
  if (!under_tcg() || allowed_.empty()) return;
  const int here = ::sched_getcpu();
  stay_on_cpus({here});
  for (const int cpu : allowed_)
    if (cpu != here) spinners_.emplace_back([this, cpu] { spin(cpu); });
  while (parked_ < spinners_.size())
    ::sched_yield();
}

ParkedCpus::~ParkedCpus() {
  end_ = true;
  for (std::thread& spinner : spinners_)
    spinner.join();
  if (!spinners_.empty()) stay_on_cpus(allowed_);
}

// At a priority that no ordinary thread takes the CPU from. Without the right to that, it spins at
// its own, which is better than nothing.
void ParkedCpus::spin(int cpu) {
  stay_on_cpus({cpu});
  sched_param parameters{};
  parameters.sched_priority = 1;
  ::sched_setscheduler(0, SCHED_FIFO, &parameters);
  ++parked_;
  while (!end_) {
  }
}

}  // namespace kproof::machine
