#include "stats/effect.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "stats/ranks.hpp"

namespace kproof::stats {

double cliffs_delta(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return 0;
  double lead = 0;
  for (const double one : a)
    for (const double other : b)
      lead += other > one ? 1 : other < one ? -1 : 0;
  return lead / static_cast<double>(a.size() * b.size());
}

const char* size_of(double delta) {
  const double size = std::abs(delta);
  return size < 0.147 ? "negligible" : size < 0.33 ? "small" : size < 0.474 ? "medium" : "large";
}

static double median_of_a_draw(std::span<const double> sorted, std::mt19937_64& random) {
  // Which of the sorted figures are in the middle is known from their places.
  std::vector<std::size_t> places(sorted.size());
  for (std::size_t& place : places)
    place = random() % sorted.size();
  std::ranges::sort(places);
  return (sorted[places[(places.size() - 1) / 2]] + sorted[places[places.size() / 2]]) / 2;
}

Difference median_difference(std::span<const double> a, std::span<const double> b) {
  std::mt19937_64 random(kSeed);
  std::vector<double> draws(kDraws);
  for (double& draw : draws) {
    const double of_a = median_of_a_draw(a, random);
    draw = median_of_a_draw(b, random) - of_a;
  }
  std::ranges::sort(draws);
  constexpr std::size_t kTail = kDraws / 200;
  return {median(b) - median(a), draws[kTail - 1], draws[kDraws - kTail]};
}

}  // namespace kproof::stats
