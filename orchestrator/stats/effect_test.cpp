#include "stats/effect.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <doctest/doctest.h>

using namespace kproof::stats;
using Sample = std::vector<double>;

TEST_CASE("Cliff's delta is the lead among all pairs") {
  CHECK(cliffs_delta(Sample{1, 2, 3}, Sample{4, 5, 6}) == 1);
  CHECK(cliffs_delta(Sample{4, 5, 6}, Sample{1, 2, 3}) == -1);
  CHECK(cliffs_delta(Sample{1, 2, 3}, Sample{1, 2, 3}) == 0);
  // Of R's effsize: cliff.delta(c(4,1,9), c(2,3,3,5)): 5 pairs lead, 7 trail, of 12.
  CHECK(cliffs_delta(Sample{2, 3, 3, 5}, Sample{4, 1, 9}) == doctest::Approx(2.0 / 12));
  CHECK(cliffs_delta({}, Sample{1}) == 0);
}

TEST_CASE("an effect has a word") {
  CHECK(size_of(0.1) == std::string("negligible"));
  CHECK(size_of(-0.2) == std::string("small"));
  CHECK(size_of(0.4) == std::string("medium"));
  CHECK(size_of(-1) == std::string("large"));
}

TEST_CASE("a difference of medians has an interval, the same each time") {
  const Sample a{1, 2, 3, 4, 5}, b{11, 12, 13, 14, 15};
  const Difference found = median_difference(a, b);
  CHECK(found.value == 10);
  CHECK(found.least < 10);
  CHECK(found.least >= 6);  // no draw can be less
  CHECK(found.most > 10);
  CHECK(found.most <= 14);
  CHECK(median_difference(a, b).least == found.least);
  CHECK(median_difference(Sample{3}, Sample{3}).most == 0);
}

TEST_CASE("of intervals of ten figures each 97 % and more hold the difference") {
  std::mt19937_64 random(20261129);
  std::normal_distribution<double> scatter(0, 1);
  int held = 0;
  for (int i = 0; i < 300; ++i) {
    Sample a, b;
    for (int n = 0; n < 10; ++n)
      a.push_back(scatter(random)), b.push_back(3 + scatter(random));
    std::ranges::sort(a);
    std::ranges::sort(b);
    const Difference found = median_difference(a, b);
    held += found.least <= 3 && 3 <= found.most;
  }
  CHECK(held >= 291);
}
