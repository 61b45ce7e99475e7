// When did a figure change? Pure.
//
// Of all ways to cut the figures in two, in the order in which they were measured, the one whose
// parts differ most by ranks is tested exactly (ranks.hpp), and p is multiplied by the number of
// ways (Bonferroni). Where none is sure, a part in between is looked for that differs from what is
// around it (as circular binary segmentation does: Olshen and others, Biostatistics 5, 2004). Each
// part is searched again, and each cut is tested between its neighbours at the end.
// Deterministic; asks nothing of the distribution.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kproof::stats {

struct LevelChange {
  std::size_t at = 0;               // the first position behind it, where it is most likely
  std::size_t least = 0, most = 0;  // inclusive; it is one of these with 99 %
  double p = 1;                     // corrected for the ways to cut, and for `series`
  double before = 0, behind = 0;    // medians, between the neighbours
};

struct LevelRules {
  double alpha = 0.01;         // the most that p may be
  double least_change = 0.05;  // of the greater median: less is of no use, however sure
  std::size_t series = 1;      // of figures that are searched for one answer
};

// In order. One finite figure a position.
std::vector<LevelChange> level_changes(std::span<const double> figures, const LevelRules& rules);

}  // namespace kproof::stats
