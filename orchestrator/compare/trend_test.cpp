#include "compare/trend.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <doctest/doctest.h>

using namespace kproof::compare;
using Sample = std::vector<double>;

static Trend trend(Sample before, Sample now) {
  std::ranges::sort(before);
  std::ranges::sort(now);
  return trends({{before, now}}).at(0);
}

TEST_CASE("nothing is claimed from fewer than five figures of each side, however far apart") {
  CHECK(trend({64136, 64000, 64100}, {1111, 1000, 1050}) == Trend::too_few);
  CHECK(trend({64136, 64000, 64100, 64050}, {1111, 1000, 1050, 1070}) == Trend::too_few);
  CHECK(trend({}, {}) == Trend::too_few);
}

TEST_CASE("five figures of each side that are apart are a change") {
  CHECK(trend({73000, 123000, 90000, 80000, 85000}, {3000, 4000, 5000, 4500, 4200}) == Trend::less);
  CHECK(trend({3000, 4000, 5000, 4500, 4200}, {73000, 123000, 90000, 80000, 85000}) == Trend::more);
  CHECK(trend({0, 1, 1, 0, 1}, {5, 6, 6, 7, 5}) == Trend::more);
  CHECK(trend({-5, -6, -6, -7, -5}, {1, 0, 1, 2, 1}) == Trend::more);
}

TEST_CASE("figures that overlap are no change, and equal ones neither") {
  CHECK(trend({100, 200, 150, 120, 130}, {140, 220, 180, 190, 125}) == Trend::none);
  CHECK(trend({7, 7, 7, 7, 7}, {7, 7, 7, 7, 7}) == Trend::none);
}

TEST_CASE("a difference without scatter that is too small to matter is no change") {
  CHECK(trend(Sample(5, 2.667), Sample(5, 2.668)) == Trend::none);
  CHECK(trend(Sample(5, 0.0004), Sample(5, 0.0008)) == Trend::more);
}

TEST_CASE("figures of other units are not compared") {
  CHECK(trends({{Sample(5, 1), Sample(5, 2000), false}}).at(0) == Trend::other_unit);
}

TEST_CASE("what is a change that matters the plan says for each metric") {
  Samples ten_percent{{100, 101, 102, 103, 104}, {110, 111, 112, 113, 114}};
  CHECK(trends({ten_percent}).at(0) == Trend::more);
  ten_percent.least_change = 0.2;
  CHECK(trends({ten_percent}).at(0) == Trend::none);
}

TEST_CASE("the more comparisons a report has, the more figures a claim takes") {
  const Samples five{{1, 2, 3, 4, 5}, {11, 12, 13, 14, 15}};
  const Samples seven{{1, 2, 3, 4, 5, 6, 7}, {11, 12, 13, 14, 15, 16, 17}};
  CHECK(trends({five, five}).at(0) == Trend::too_few);
  CHECK(trends(std::vector<Samples>(9, seven)).at(8) == Trend::more);
  CHECK(enough(1) == 5);
  CHECK(enough(2) == 6);
  CHECK(enough(9) == 7);
  CHECK(enough(100) == 9);
}

TEST_CASE("more figures of one comparison weaken no other one") {
  const Samples sure{{1, 2, 3, 4, 5, 6}, {11, 12, 13, 14, 15, 16}};
  Samples other{{3, 1, 2}, {2, 3, 1}};
  CHECK(trends({sure, other}).at(0) == Trend::more);
  other = {{1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 7, 8}};
  CHECK(trends({sure, other}).at(0) == Trend::more);
}

namespace {

// Of reports with three figures of times, which scatter by factors, the share that claims a change.
class Reports {
 public:
  double claiming(std::size_t repetitions, double factor) {
    int claiming = 0;
    for (int report = 0; report < kReports; ++report) {
      std::vector<Samples> all;
      for (int figure = 0; figure < 3; ++figure)
        all.push_back({sample(repetitions, 1), sample(repetitions, figure == 0 ? factor : 1)});
      claiming += std::ranges::any_of(trends(all),
                                      [](Trend t) { return t == Trend::less || t == Trend::more; });
    }
    return static_cast<double>(claiming) / kReports;
  }

 private:
  static constexpr int kReports = 600;
  Sample sample(std::size_t size, double factor) {
    Sample sample(size);
    for (double& value : sample)
      value = factor * std::exp(scatter_(random_));
    std::ranges::sort(sample);
    return sample;
  }
  std::mt19937_64 random_{20261128};
  std::normal_distribution<double> scatter_{0, 0.3};
};

}  // namespace

TEST_CASE(
    "the chance to see a change grows with repetitions, and one report in 100 has a false alarm") {
  Reports reports;
  double before = 0;
  for (const std::size_t n : {6u, 7u, 8u, 10u}) {
    const double power = reports.claiming(n, 2);
    CHECK(power > before);
    before = power;
    CHECK(reports.claiming(n, 1) <= 0.02);  // 0.01, and the scatter of 600 reports
  }
  CHECK(before > 0.85);
}
