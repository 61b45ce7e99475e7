// Bounds of metrics, which the plan states, against what a case measured.
#pragma once

#include <span>
#include <vector>

#include "model/bound.hpp"
#include "model/evidence.hpp"

namespace kproof::verdict {

// Each bound becomes a subtest of the level that told the metric: "stall_p50 is at most 5000 us",
// not ok when it is more. So whatever is said of subtests holds for it: it may be expected, a
// series compares it, and reports show it with the figure. A metric that no level told, or told in
// another unit, is evidence that was not proven, at the first of the levels: it shows nothing.
//
// `reports`: of all levels that run a case, L1's first, as they were told.
void apply_bounds(const std::vector<model::Bound>& bounds,
                  std::span<model::CaseReport* const> reports);

}  // namespace kproof::verdict
