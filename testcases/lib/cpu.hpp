// Where threads run: machine/cpus.hpp for cases, which a failure ends.
#pragma once

#include <vector>

namespace kproof::lib {

// The CPUs that this thread may run on, in order.
std::vector<int> allowed_cpus();

// Keeps this thread on these, of which some may have been forbidden before (isolcpus=).
void stay_on_cpus(const std::vector<int>& cpus);

// This thread stays on the first CPU while this lives.
class StayOnFirstCpu {
 public:
  StayOnFirstCpu() { stay_on_cpus({cpus_[0]}); }
  StayOnFirstCpu(const StayOnFirstCpu&) = delete;
  StayOnFirstCpu& operator=(const StayOnFirstCpu&) = delete;
  ~StayOnFirstCpu() { stay_on_cpus(cpus_); }
  const std::vector<int>& cpus() const { return cpus_; }  // that this thread may use otherwise
  // Another one, for a thread that must not share this one's; -1 if there is none.
  int other() const { return cpus_.size() > 1 ? cpus_[1] : -1; }

 private:
  const std::vector<int> cpus_ = allowed_cpus();
};

}  // namespace kproof::lib
