#include "machine/cpus.hpp"

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

int stay_on_cpus(const std::vector<int>& cpus) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  for (const int cpu : cpus)
    CPU_SET(cpu, &allowed);
  return ::sched_setaffinity(0, sizeof allowed, &allowed);
}

}  // namespace kproof::machine
