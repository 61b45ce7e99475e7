// How long a plan will take, and what it will leave on the disk. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "timing/records.hpp"

namespace kproof::plan {

struct EstimateInput {
  std::string accel;   // "tcg", "kvm"
  unsigned cores = 1;  // that this run may have
  timing::Samples samples;
  // Of a cell: does it measure time, so that it runs alone?
  std::function<bool(const model::Cell&)> quiet;
  // Is this package, or a kernel of this source, config and number of patches, in the cache, as far
  // as names tell?
  std::function<bool(const model::KernelSpec&)> cached;
};

// A sum of parts of which some were measured on this host, and others are ours.
struct Part {
  util::Millis time{0};
  std::uint64_t bytes = 0;
  unsigned count = 0, measured = 0;  // of what; for how many there were samples
};

struct Estimate {
  Part builds;          // one after another, with all cores
  unsigned cached = 0;  // kernels that need no build and no package
  Part cells;           // as many at once as there are cores for, those that measure time alone
  unsigned quiet = 0;
  std::uint64_t packages = 0;  // bytes of kernels that are packages, unpacked
};

// `kernels`: of the plan, for the guests inside.
Estimate estimate(const std::vector<model::Cell>& cells,
                  const std::vector<model::KernelSpec>& kernels, const EstimateInput& input);

// What is taken where nothing was measured, in a sentence for people.
std::string defaults_in_words(const std::string& accel);

}  // namespace kproof::plan
