// How large is a difference of two samples? Pure. Figures are finite.
#pragma once

#include <cstddef>
#include <span>

namespace kproof::stats {

// Cliff's delta (Psychol. Bull. 114, 1993): of all pairs, the share in which b's figure is greater,
// less that in which it is less. 1: all of b lies above a; 0: none leads, or a sample is empty.
double cliffs_delta(std::span<const double> a, std::span<const double> b);

// "negligible", "small", "medium", "large": from .147, .33 and .474 on (Romano and others, 2006).
const char* size_of(double delta);

struct Difference {
  double value = 0;            // median of b less median of a
  double least = 0, most = 0;  // with 99 %, by a bootstrap
};

// How many samples the bootstrap draws. They are drawn by std::mt19937_64, seeded with kSeed anew
// each time, its next number modulo the size choosing each figure: equal samples give equal
// intervals, everywhere and always.
inline constexpr std::size_t kDraws = 2000;
inline constexpr unsigned kSeed = 5489;

// Both sorted, and neither is empty.
Difference median_difference(std::span<const double> a, std::span<const double> b);

}  // namespace kproof::stats
