// The ranges of KVM's invalidations: what the kernel tells the mmu notifier, and not only how
// often.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kvm/notifiers.hpp"
#include "kvm/perf_samples.hpp"

namespace kproof::kvm {

// Records invalidate_range_start of KVM (kvm:kvm_unmap_hva_range), as called by the thread that
// constructs this, which must stay on its CPU from then on (see PerfSamples); some ten thousand.
// Needs root and tracefs. Each VM of the process is called for each range.
class InvalidationRecorder {
 public:
  InvalidationRecorder();

  // Why nothing, or not all, is recorded; "" if all is.
  const std::string& problem() const { return problem_; }
  // Those since the last call that touch `range`, in order of their starts, each once.
  std::vector<HvaRange> take(const HvaRange& range);

 private:
  std::string problem_;
  std::optional<PerfSamples> samples_;
  std::uint64_t start_at_ = 0, end_at_ = 0;  // offsets of the fields in a sample
};

// What is wrong with these ranges for a change of `changed`, of which all was mapped: "" if they
// cover it and nothing else.
std::string misfit(const std::vector<HvaRange>& ranges, const HvaRange& changed);
// How many of them are left when those that overlap count as one: each of these had something to
// zap.
std::size_t disjoint(const std::vector<HvaRange>& ranges);

}  // namespace kproof::kvm
