// Cells that run again, as they were not as expected (--retry), or as all were
// (--repeat-until-fail). Pure.
#pragma once

#include <vector>

#include "model/result.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

// For each cell that has an unexpected result, in one repetition or in several, `times` further
// repetitions: results of their own, with logs of their own, so that tables, rates, series and the
// history see them as what they are, and nothing of the first result is lost. What is the host's
// fault (compare::Standing) is not retried: the next run is.
std::vector<model::Cell> retries_of(const std::vector<PreparedCell>& cells,
                                    const std::vector<model::CellResult>& results, unsigned times);

// A further repetition of each cell, the `round`-th behind those that the plan has; none once
// something was not as expected, whoever's fault it was.
std::vector<model::Cell> round_of(const std::vector<PreparedCell>& cells,
                                  const std::vector<model::CellResult>& results, unsigned round);

}  // namespace kproof::sweep
