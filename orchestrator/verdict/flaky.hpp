// Expectations of how often a cell may end otherwise.
#pragma once

#include <vector>

#include "model/result.hpp"

namespace kproof::verdict {

// Each cell was judged by itself, and is expected whichever of its verdicts it ended by. Where more
// of its repetitions than the plan allows ended by another than the first, these are unexpected
// after all, and their reasons say so. Broken ones count for nothing. Pure.
void hold_to_rate(std::vector<model::CellResult>& cells);

}  // namespace kproof::verdict
