#include "stats/level_changes.hpp"

#include <cmath>
#include <random>

#include <doctest/doctest.h>

using namespace kproof::stats;
using Figures = std::vector<double>;

namespace {
Figures made_up_figures(std::mt19937_64& random, std::size_t size, std::size_t at, double factor) {
  std::normal_distribution<double> scatter(0, 0.1);
  Figures figures;
  for (std::size_t i = 0; i < size; ++i)
    figures.push_back(100 * (i < at ? 1 : factor) * std::exp(scatter(random)));
  return figures;
}

Figures steps(std::vector<std::pair<int, double>> parts) {
  Figures figures;
  for (const auto& [count, level] : parts)
    for (int i = 0; i < count; ++i)
      figures.push_back(level + i % 3);
  return figures;
}
}  // namespace

TEST_CASE("a step is found where it is, with the medians of both sides") {
  const auto found = level_changes(steps({{20, 100}, {10, 200}}), {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].at == 20);
  CHECK(found[0].before == 101);
  CHECK(found[0].behind == 201);
  CHECK(found[0].least <= 20);
  CHECK(found[0].most >= 20);
  // 25 ways to cut, 2 / (30 over 10).
  CHECK(found[0].p < 25 * 2.0 / 30045015 * 1.5);
}

TEST_CASE("up and down again are two changes") {
  const auto found = level_changes(steps({{20, 100}, {15, 200}, {20, 100}}), {});
  REQUIRE(found.size() == 2);
  CHECK(found[0].at == 20);
  CHECK(found[1].at == 35);
}

TEST_CASE("one figure that is far off is none, nor are two, nor what stays") {
  CHECK(level_changes(steps({{20, 100}, {1, 9000}, {20, 100}}), {}).empty());
  CHECK(level_changes(steps({{20, 100}, {2, 9000}}), {}).empty());
  CHECK(level_changes(Figures(40, 7), {}).empty());
  CHECK(level_changes({}, {}).empty());
}

TEST_CASE("a difference that is sure and of no use is none, but where the plan says it is") {
  CHECK(level_changes(steps({{30, 1000}, {30, 1010}}), {}).empty());
  CHECK(level_changes(steps({{30, 1000}, {30, 1010}}), {.least_change = 0.005}).size() == 1);
}

TEST_CASE("of figures that do not change one series in a hundred has a change, or fewer") {
  std::mt19937_64 random(20261129);
  int wrong = 0;
  for (int i = 0; i < 500; ++i)
    wrong += !level_changes(made_up_figures(random, 60, 60, 1), {}).empty();
  CHECK(wrong <= 11);  // 5, and the scatter of 500
}

TEST_CASE("a slowdown of 30 % is found, and 98 % of the intervals hold it") {
  std::mt19937_64 random(20261129);
  int found = 0, held = 0;
  for (int i = 0; i < 200; ++i) {
    const auto changes = level_changes(made_up_figures(random, 60, 40, 1.3), {});
    if (changes.size() != 1) continue;
    ++found;
    held += changes[0].least <= 40 && 40 <= changes[0].most;
  }
  CHECK(found >= 196);
  CHECK(held >= found * 98 / 100);
}
