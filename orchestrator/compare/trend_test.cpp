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

TEST_CASE("nothing is claimed from fewer than four figures of each side, however far apart") {
  CHECK(trend({64136, 64000, 64100}, {1111, 1000, 1050}) == Trend::too_few);
  CHECK(trend({64136, 64000, 64100, 64050}, {1111, 1000, 1050}) == Trend::too_few);
  CHECK(trend({}, {}) == Trend::too_few);
}

TEST_CASE("four figures of each side that are apart are a change") {
  CHECK(trend({73000, 123000, 90000, 80000}, {3000, 4000, 5000, 4500}) == Trend::less);
  CHECK(trend({3000, 4000, 5000, 4500}, {73000, 123000, 90000, 80000}) == Trend::more);
  CHECK(trend({0, 1, 1, 0}, {5, 6, 6, 7}) == Trend::more);
  CHECK(trend({-5, -6, -6, -7}, {1, 0, 1, 2}) == Trend::more);
}

TEST_CASE("figures that overlap are no change, and equal ones neither") {
  CHECK(trend({100, 200, 150, 120}, {140, 220, 180, 190}) == Trend::none);
  CHECK(trend({7, 7, 7, 7}, {7, 7, 7, 7}) == Trend::none);
}

TEST_CASE("a difference without scatter that is too small to matter is no change") {
  CHECK(trend({2.667, 2.667, 2.667, 2.667}, {2.668, 2.668, 2.668, 2.668}) == Trend::none);
  CHECK(trend({0.0004, 0.0004, 0.0004, 0.0004}, {0.0008, 0.0008, 0.0008, 0.0008}) == Trend::more);
}

TEST_CASE("figures of other units are not compared") {
  CHECK(trends({{{1, 1, 1, 1}, {2000, 2000, 2000, 2000}, false}}).at(0) == Trend::other_unit);
}

TEST_CASE("the more comparisons a report has, the more figures a claim takes") {
  const Samples four{{1, 2, 3, 4}, {11, 12, 13, 14}};
  const Samples six{{1, 2, 3, 4, 5, 6}, {11, 12, 13, 14, 15, 16}};
  CHECK(trends({four, four}).at(0) == Trend::too_few);
  CHECK(trends(std::vector<Samples>(9, six)).at(8) == Trend::more);
  CHECK(enough(1) == 4);
  CHECK(enough(2) == 5);
  CHECK(enough(9) == 6);
}

TEST_CASE("more figures of one comparison weaken no other one") {
  const Samples sure{{1, 2, 3, 4, 5}, {11, 12, 13, 14, 15}};
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
    "the chance to see a change grows with repetitions, and one report in 20 has a false alarm") {
  Reports reports;
  double before = 0;
  for (const std::size_t n : {5u, 7u, 9u, 12u}) {
    const double power = reports.claiming(n, 2);
    CHECK(power > before);
    before = power;
    CHECK(reports.claiming(n, 1) <= 0.07);  // 0.05, and the scatter of 600 reports
  }
  CHECK(before > 0.95);
}
