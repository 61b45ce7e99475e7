// Did a figure change? Pure.
//
// "Less" and "more" are claimed where all of this holds:
// - each side has kLeastFigures or more, of one unit;
// - a rank test (stats/ranks.hpp) gives p <= 0.05 after Holm's correction for all comparisons
//   of the report: one report in 20 at most claims a change where there is none at all. All of
//   them count, also those with too few figures, so that more figures never weaken a claim;
// - the medians differ, in the direction of the ranks, by kLeastChange of the greater one or more:
//   a difference that is sure may still be of no use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace kproof::compare {

inline constexpr std::size_t kLeastFigures = 4;
inline constexpr double kLeastChange = 0.05;

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
};

// Of each, where `all` are the comparisons of one report.
std::vector<Trend> trends(const std::vector<Samples>& all);

// How many figures on each side are enough where a report has so many comparisons.
std::size_t enough(std::size_t comparisons);

}  // namespace kproof::compare
