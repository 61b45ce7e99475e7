// Do two samples come from one distribution? Pure.
//
// The test of Mann and Whitney (Ann. Math. Stat. 18, 1947), two-sided and exact: of all ways to
// deal the figures to two samples of these sizes, the share whose rank sum lies at least as far
// from the mean as the one seen. Ties have the mean of their ranks. It asks nothing of the
// distribution, and one outlier, however far, is one rank.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kproof::stats {

// Of more figures than this in both samples together the distribution is taken as normal, with the
// correction for ties and half a rank for continuity: exact sums would take minutes.
inline constexpr std::size_t kMostExact = 100;

// p, in (0, 1]; 1 where a sample is empty. All figures are finite.
double rank_test(std::span<const double> a, std::span<const double> b);

// The same by the normal distribution, however few they are: quick, and near enough to see that
// nothing was there.
double rough_rank_test(std::span<const double> a, std::span<const double> b);

// The least p that samples of these sizes can have: no figure of one is among those of the other.
double least_p(std::size_t a, std::size_t b);

// Holm's correction (Scand. J. Stat. 6, 1979) for `comparisons` tests, of which those in `p` were
// made: each p, raised so that one of it at most 0.05 is wrong in one of 20 families at most.
std::vector<double> holm(const std::vector<double>& p, std::size_t comparisons);

// The middle one, or the mean of the two; 0 of none. `sorted` is.
double median(std::span<const double> sorted);

}  // namespace kproof::stats
