// Which values of a matrix's axes go with what was seen. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "model/matrix.hpp"

namespace kproof::compare {

// One cell that proves something, and whether it shows what is looked for.
struct Observation {
  model::AxisValues axes;
  bool shows = false;
};

// The smallest sets of values for which this holds: each cell that has all of them shows it, and no
// other cell does. All sets of that size, as several may fit what few cells show; none where no set
// of at most `most` values fits, or where all cells show it, or no cell.
std::vector<model::AxisValues> explain(const std::vector<Observation>& observations,
                                       std::size_t most = 3);

}  // namespace kproof::compare
