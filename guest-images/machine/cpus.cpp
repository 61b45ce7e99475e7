#include "machine/cpus.hpp"

#include <numeric>

#include <sched.h>

namespace kproof::machine {

std::vector<int> allowed_cpus() {
  std::vector<int> cpus;
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  return cpus;
}

// The kernel takes from a mask what cannot be, and refuses only what is empty then.
std::vector<int> possible_cpus() {
  const std::vector<int> allowed = allowed_cpus();
  std::vector<int> any(CPU_SETSIZE);
  std::iota(any.begin(), any.end(), 0);
  if (stay_on_cpus(any) != 0) return allowed;
  std::vector<int> possible = allowed_cpus();
  stay_on_cpus(allowed);
  return possible;
}

int stay_on_cpus(const std::vector<int>& cpus) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  for (const int cpu : cpus)
    CPU_SET(cpu, &allowed);
  return ::sched_setaffinity(0, sizeof allowed, &allowed);
}

}  // namespace kproof::machine
