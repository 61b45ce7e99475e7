#include <doctest/doctest.h>

#include "series/made_up.hpp"
#include "series/matrix.hpp"

using namespace kproof;
using namespace kproof::series;

// The trend from one row's figures to the next one's.
static Trend trend(const std::vector<double>& before, const std::vector<double>& now) {
  std::vector<model::CellResult> cells;
  for (const auto& [kernel, values] : {std::pair{"k", before}, std::pair{"k+1", now}})
    for (const double value : values) {
      cells.push_back(cell(kernel, "kvm/zap", model::Verdict::pass));
      cells.back().metrics = {{"stall_max", value, "us"}, {"pages", 1, ""}};
    }
  const Matrix matrix = compare(rows(1), cells, {"stall_*"});
  REQUIRE(matrix.metrics.size() == 1);
  CHECK(matrix.metrics[0].figures[1].against == 0u);
  return matrix.metrics[0].figures[1].trend;
}

TEST_CASE("one figure or two of each row claim no change, however far apart") {
  CHECK(trend({64136}, {1111}) == Trend::none);
  CHECK(trend({64136, 64000}, {1111, 1000}) == Trend::none);
}

TEST_CASE("ranges that overlap, or are no further apart than wide, are no change") {
  CHECK(trend({100, 200, 150}, {140, 220, 180}) == Trend::none);
  CHECK(trend({100, 200, 150}, {210, 300, 250}) == Trend::none);
}

TEST_CASE("ranges further apart than wide are a change, by factors where all are above 0") {
  CHECK(trend({73000, 123000, 90000}, {3000, 4000, 5000}) == Trend::less);
  CHECK(trend({3000, 4000, 5000}, {73000, 123000, 90000}) == Trend::more);
  CHECK(trend({0, 1, 1}, {5, 6, 6}) == Trend::more);
  CHECK(trend({7, 7, 7}, {7, 7, 7}) == Trend::none);
}

TEST_CASE("figures are compared with the nearest row that has some") {
  std::vector<model::CellResult> cells{cell("k", "a/b", model::Verdict::pass),
                                       cell("k+2", "a/b", model::Verdict::pass)};
  for (auto& one : cells)
    one.metrics = {{"m", 4, "us"}};
  const auto column = compare(rows(2), cells, {"m"}).metrics.at(0);
  CHECK(column.figures[1].values.empty());
  CHECK(column.figures[2].against == 0u);
  CHECK(column.figures[2].median() == 4);
}
