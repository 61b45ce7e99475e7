#include <doctest/doctest.h>

#include "series/made_up.hpp"
#include "series/matrix.hpp"

using namespace kproof;
using namespace kproof::series;
using compare::Trend;

namespace {
// A case that was repeated on the base and on one patch.
struct Run {
  std::vector<model::CellResult> cells;
  void add(const char* kernel, std::vector<double> values, const char* unit = "us",
           model::Verdict verdict = model::Verdict::pass) {
    for (const double value : values) {
      cells.push_back(cell(kernel, "kvm/zap", verdict));
      cells.back().metrics = {{"stall_max", value, unit}, {"pages", 1, ""}};
    }
  }
  MetricColumn column() const {
    const Matrix matrix = matrix_of(rows(1), cells, {{"stall_*"}});
    REQUIRE(matrix.metrics.size() == 1);
    return matrix.metrics[0];
  }
};
}  // namespace

TEST_CASE("a change of figures is claimed of five of each row and more") {
  Run run;
  run.add("k", {73000, 123000, 90000, 80000, 85000});
  run.add("k+1", {3000, 4000, 5000, 4500});
  CHECK(run.column().figures[1].trend == Trend::too_few);
  run.add("k+1", {3500});
  CHECK(run.column().figures[1].trend == Trend::less);
  CHECK(run.column().figures[1].against == 0u);
  CHECK(run.column().figures[1].difference->value == 4000 - 85000);
  CHECK(run.column().figures[1].difference->most < 0);
  CHECK_FALSE(run.column().figures[0].difference);
}

TEST_CASE("a change within the noise is no change") {
  Run run;
  run.add("k", {300, 310, 320, 330, 340});
  run.add("k+1", {100, 110, 120, 130, 140});
  CHECK(run.column().figures[1].trend == Trend::less);
  for (model::CellResult& cell : run.cells)
    cell.metrics.push_back({"stall_idle_max", 400, "us"});
  const Matrix matrix = matrix_of(rows(1), run.cells, {{"stall_max"}});
  CHECK(matrix.metrics[0].figures[1].is_noise());
  CHECK(matrix.metrics[0].figures[1].trend == Trend::none);
}

TEST_CASE("figures of cells that prove nothing are no figures") {
  Run run;
  run.add("k", {100, 101, 102, 103});
  for (const model::Verdict verdict :
       {model::Verdict::miss, model::Verdict::broken, model::Verdict::skip, model::Verdict::crash})
    run.add("k+1", {1, 2, 3, 4}, "us", verdict);
  CHECK(run.column().figures[1].values.empty());
  CHECK(run.column().figures[1].trend == Trend::none);
}

TEST_CASE("a figure whose unit differs is told and not compared") {
  Run run;
  run.add("k", {100, 101, 102, 103}, "us");
  run.add("k+1", {1, 2, 3, 4}, "ms");
  CHECK(run.column().figures[1].trend == Trend::other_unit);
  CHECK(run.column().figures[1].unit == "ms");
  CHECK(run.column().unit == "us");
}

TEST_CASE("figures are compared with the nearest row that has some") {
  std::vector<model::CellResult> cells{cell("k", "a/b", model::Verdict::pass),
                                       cell("k+2", "a/b", model::Verdict::pass)};
  for (auto& one : cells)
    one.metrics = {{"m", 4, "us"}};
  const auto column = matrix_of(rows(2), cells, {{"m"}}).metrics.at(0);
  CHECK(column.figures[1].values.empty());
  CHECK(column.figures[2].against == 0u);
  CHECK(column.figures[2].median() == 4);
}
