#include "report/before_after.hpp"

#include <fmt/format.h>

#include "report/grid.hpp"
#include "report/series.hpp"

namespace kproof::report {

static std::string verdict_of(const series::Entry& entry) {
  if (entry.verdict.empty()) return "-";
  if (entry.skipped.empty()) return entry.verdict;
  return fmt::format("{} ({} skipped)", entry.verdict, entry.skipped.size());
}

static std::string became_of(const series::Entry& now) {
  return now.change == series::Change::unchanged ? "" : std::string(to_string(now.change));
}

static std::string became_of(const series::Figures& now) {
  return now.trend == compare::Trend::none ? "" : std::string(to_string(now.trend));
}

std::string render_before_after(const series::Matrix& matrix, const Style& style) {
  Grid grid{.corner = "case", .across = "", .rows = {}, .columns = {}, .entries = {}};
  const Grid::Column before{"0", "before"}, after{"1", "after"}, became{"2", ""};
  const auto put = [&](const std::string& row, const std::string& was, const std::string& is,
                       const std::string& word) {
    grid.put(row, before, {was});
    grid.put(row, after, {is});
    grid.put(row, became, {word});
  };
  for (const series::Column& column : matrix.columns)
    put(printable(title_of(matrix, column)), verdict_of(column.entries[0]),
        verdict_of(column.entries[1]), became_of(column.entries[1]));
  for (const series::MetricColumn& column : matrix.metrics)
    put(printable(fmt::format("{} {} ({})", title_of(matrix, column), column.metric, column.unit)),
        figure_text(column.figures[0]), figure_text(column.figures[1]),
        became_of(column.figures[1]));
  if (grid.rows.empty()) return "";
  return render(grid, style) + (matrix.repetitions > 1
                                    ? ""
                                    : "\nOne run each: what fails now and then looks new. "
                                      "--repeat 5 tells more.\n");
}

}  // namespace kproof::report
