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

// Where no one set fits: the fewest sets, of one value each if that is enough, else of two at most,
// so that each cell which shows it has one of them whole, and no other cell has. Two or three sets,
// each of them in two cells at least: with one set for each cell all can be explained. Nothing
// where there is none, or where several choices of as many sets fit.
std::vector<model::AxisValues> explain_by_any(const std::vector<Observation>& observations);

}  // namespace kproof::compare
