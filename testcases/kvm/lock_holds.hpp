// How long KVM's mmu notifier keeps mmu_lock.
#pragma once

#include <optional>
#include <string>

#include "kvm/perf_samples.hpp"

namespace kproof::kvm {

struct Holds {
  unsigned calls = 0;   // of invalidate_range_start
  unsigned yields = 0;  // amid these: KVM gave the lock or the CPU away
  double longest_us = 0;
};

// Times kvm_mmu_notifier_invalidate_range_start(), as called by the thread that constructs this,
// which must stay on its CPU from then on: from its start, and from each yield, to the next yield
// or its return. Nearly all of that is under mmu_lock for writing; what waits for the lock would
// count too, so nobody else should. By kprobes; needs root and CONFIG_KPROBE_EVENTS.
class LockHolds {
 public:
  LockHolds();

  // Why nothing, or not all, is timed; "" if all is.
  const std::string& problem() const { return problem_; }
  // Since the last call.
  Holds take();

 private:
  std::string problem_;
  std::optional<PerfSamples> starts_, yields_, returns_;
};

}  // namespace kproof::kvm
