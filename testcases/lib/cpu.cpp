#include "lib/cpu.hpp"

#include "lib/safe.hpp"
#include "machine/cpus.hpp"

namespace kproof::lib {

std::vector<int> allowed_cpus() {
  std::vector<int> cpus = machine::allowed_cpus();
  safe::check(cpus.empty() ? -1 : 0, "sched_getaffinity");
  return cpus;
}

void stay_on_cpus(const std::vector<int>& cpus) {
  safe::check(machine::stay_on_cpus(cpus), "sched_setaffinity");
}

}  // namespace kproof::lib
