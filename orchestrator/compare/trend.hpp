// Did a figure change? Pure.
//
// "Less" and "more" are claimed where all of this holds:
// - all figures are of one unit;
// - a rank test (stats/ranks.hpp) gives p <= kAlpha after Holm's correction for all comparisons of
//   the report: one report in 100 at most claims a change where there is none at all. All of
//   them count, also those with too few figures, so that more figures never weaken a claim. Five
//   figures a side are the least of which one comparison can claim anything;
// - the medians differ, in the direction of the ranks, by the plan's least change of the greater
//   one or more: a difference that is sure may still be of no use.
//
// A figure is a repetition's: what one boot measured again and again is not as far apart as boots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/plan.hpp"

namespace kproof::compare {

inline constexpr double kAlpha = 0.01;

enum class Trend : std::uint8_t {
  none,  // nothing is claimed
  less,
  more,
  too_few,     // nothing could be claimed, however far apart they were
  other_unit,  // not compared
};
// "", "less", "more", "too few", "other unit"
std::string_view to_string(Trend trend);

struct Samples {
  std::vector<double> before, now;  // sorted, finite
  bool one_unit = true;
  double least_change = model::kLeastChange;  // of the greater median
};

// Of each, where `all` are the comparisons of one report.
std::vector<Trend> trends(const std::vector<Samples>& all);

// How many figures on each side are enough where a report has so many comparisons.
std::size_t enough(std::size_t comparisons);

}  // namespace kproof::compare
