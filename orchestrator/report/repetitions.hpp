// The cells of a run that are repetitions of one.
#pragma once

#include <vector>

#include "model/result.hpp"

namespace kproof::report {

// In the order in which they came.
using Repetitions = std::vector<const model::CellResult*>;

std::vector<Repetitions> repetitions_in(const std::vector<model::CellResult>& cells);
// Their verdicts differ.
bool disagree(const Repetitions& cells);

}  // namespace kproof::report
