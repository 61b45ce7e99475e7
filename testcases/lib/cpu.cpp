#include "lib/cpu.hpp"

#include <sched.h>

#include "lib/safe.hpp"

namespace kproof::lib {

std::vector<int> allowed_cpus() {
  cpu_set_t allowed;
  safe::check(::sched_getaffinity(0, sizeof allowed, &allowed), "sched_getaffinity");
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  return cpus;
}

void stay_on_cpus(const std::vector<int>& cpus) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  for (const int cpu : cpus)
    CPU_SET(cpu, &allowed);
  safe::check(::sched_setaffinity(0, sizeof allowed, &allowed), "sched_setaffinity");
}

}  // namespace kproof::lib
