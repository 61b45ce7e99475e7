// Where threads run.
#pragma once

#include <vector>

namespace kproof::machine {

// The CPUs that this thread may run on, in order; none, with errno, where the kernel does not say.
std::vector<int> allowed_cpus();

// All that this thread could be allowed to run on: those online, of its cpuset. Changes nothing.
std::vector<int> possible_cpus();

// Keeps this thread on these, of which some may have been forbidden before (isolcpus=). As
// sched_setaffinity(2): 0, or -1 and errno.
int stay_on_cpus(const std::vector<int>& cpus);

}  // namespace kproof::machine
