#include "stats/ranks.hpp"

#include <cmath>
#include <random>

#include <doctest/doctest.h>

using namespace kproof::stats;
using Sample = std::vector<double>;

TEST_CASE("p is that of published tables and of R's wilcox.test") {
  CHECK(rank_test(Sample{1, 2, 3, 4}, Sample{5, 6, 7, 8}) == doctest::Approx(2.0 / 70));
  CHECK(rank_test(Sample{1, 2, 3}, Sample{4, 5, 6}) == doctest::Approx(0.1));
  // U = 2 of samples of 5: 8 of 252 ways.
  CHECK(rank_test(Sample{1, 2, 3, 4, 7}, Sample{5, 6, 8, 9, 10}) == doctest::Approx(8.0 / 252));
  CHECK(rank_test(Sample{1, 4}, Sample{2, 3}) == doctest::Approx(1));
  // scipy.stats.mannwhitneyu(..., method='exact')
  CHECK(rank_test(Sample{1.1, 2.3, 3.7, 4.2, 9.9, 5.5},
                  Sample{6.1, 7.7, 8.8, 3.9, 10.2, 11.4, 12.5}) ==
        doctest::Approx(0.03496503496503496).epsilon(1e-12));
}

TEST_CASE("ties share their ranks, and figures that are all equal say nothing") {
  CHECK(rank_test(Sample{7, 7, 7, 7}, Sample{7, 7, 7, 7}) == doctest::Approx(1));
  // Of the 6 ways to deal 1, 1, 2, 2 two are as extreme.
  CHECK(rank_test(Sample{1, 1}, Sample{2, 2}) == doctest::Approx(2.0 / 6));
  // All 252 ways, by Python's itertools.combinations: 36 are as extreme.
  CHECK(rank_test(Sample{3, 3, 4, 5, 5}, Sample{5, 6, 6, 7, 3}) == doctest::Approx(36.0 / 252));
}

TEST_CASE(
    "the order of figures and of samples makes no difference, and an empty one says nothing") {
  const Sample a{9, 1, 4, 4}, b{5, 6, 4, 8, 12};
  CHECK(rank_test(a, b) == doctest::Approx(rank_test(b, a)));
  CHECK(rank_test(Sample{1, 4, 4, 9}, b) == rank_test(a, b));
  CHECK(rank_test({}, b) == 1);
}

TEST_CASE("the least p is that of samples apart, and falls with their sizes") {
  CHECK(least_p(4, 4) == doctest::Approx(2.0 / 70));
  CHECK(least_p(6, 6) == doctest::Approx(2.0 / 924));
  CHECK(least_p(0, 4) == 1);
}

TEST_CASE("of many figures p is as good as exact") {
  Sample a, b;
  for (int i = 0; i < 50; ++i)
    a.push_back(i), b.push_back(i + 8.5);
  const double exact = rank_test(a, b);
  a.push_back(24.7);
  CHECK(rank_test(a, b) == doctest::Approx(exact).epsilon(0.15));
}

TEST_CASE("of many figures with ties p is scipy's") {
  Sample a, b;
  for (int i = 0; i < 60; ++i)
    a.push_back(i), b.push_back(i % 7 == 0 ? i : i + 9.5);
  // scipy.stats.mannwhitneyu(..., method='asymptotic', use_continuity=True)
  CHECK(rank_test(a, b) == doctest::Approx(0.019507885532181427).epsilon(1e-9));
}

TEST_CASE("Holm's correction counts the comparisons that were not made too") {
  CHECK(holm({0.01, 0.04, 0.03}, 3) == std::vector<double>{0.03, 0.06, 0.06});
  CHECK(holm({0.02}, 4) == std::vector<double>{0.08});
  CHECK(holm({0.9, 0.8}, 2) == std::vector<double>{1, 1});
}

TEST_CASE("power grows with the number of figures, and false alarms stay at one in 20") {
  std::mt19937_64 random(20261128);
  std::normal_distribution<double> scatter(0, 0.3);
  constexpr int kTrials = 1000;
  const auto share = [&](std::size_t n, double factor) {
    int claimed = 0;
    for (int trial = 0; trial < kTrials; ++trial) {
      Sample a, b;
      for (std::size_t i = 0; i < n; ++i)
        a.push_back(std::exp(scatter(random))), b.push_back(factor * std::exp(scatter(random)));
      claimed += rank_test(a, b) <= 0.05;
    }
    return static_cast<double>(claimed) / kTrials;
  };
  double before = 0;
  for (const std::size_t n : {4u, 6u, 8u, 12u}) {
    const double power = share(n, 1.5);
    CHECK(power > before);
    before = power;
    CHECK(share(n, 1) <= 0.06);  // 0.05, and the scatter of 1000 trials
  }
  CHECK(before > 0.8);
}
