// Where threads run: machine/cpus.hpp for cases, which a failure ends.
#pragma once

#include <vector>

namespace kproof::lib {

// The CPUs that this thread may run on, in order.
std::vector<int> allowed_cpus();

// Keeps this thread on these, of which some may have been forbidden before (isolcpus=).
void stay_on_cpus(const std::vector<int>& cpus);

}  // namespace kproof::lib
