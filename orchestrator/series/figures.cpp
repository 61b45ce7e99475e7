#include "series/figures.hpp"

#include <algorithm>
#include <cmath>

#include "util/names.hpp"

namespace kproof::series {
using model::CellResult;

std::string_view to_string(Trend trend) {
  constexpr std::string_view kWords[] = {"", "less", "more"};
  return kWords[static_cast<std::size_t>(trend)];
}

double Figures::median() const {
  if (values.empty()) return 0;
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

namespace {
struct Range {
  double low, high;
  double width() const { return high - low; }
};
}  // namespace

static Trend trend_of(const Figures& before, const Figures& now) {
  if (before.values.size() < kLeastFigures || now.values.size() < kLeastFigures) return Trend::none;
  const bool ratios = before.values.front() > 0 && now.values.front() > 0;
  const auto range = [&](const Figures& figures) {
    const double low = figures.values.front(), high = figures.values.back();
    return ratios ? Range{std::log(low), std::log(high)} : Range{low, high};
  };
  const Range a = range(before), b = range(now);
  const double width = std::max(a.width(), b.width());
  if (a.low - b.high > width) return Trend::less;
  return b.low - a.high > width ? Trend::more : Trend::none;
}

// One figure of a repetition: of metrics of one name the first.
static Figures figures_of(const Row& row, const std::vector<CellResult>& cells,
                          const MetricColumn& column) {
  Figures figures;
  for (const CellResult& cell : cells) {
    if (cell.kernel != row.kernel || cell.topology != column.topology || cell.test != column.test)
      continue;
    const auto metric =
        std::find_if(cell.metrics.begin(), cell.metrics.end(),
                     [&](const model::Metric& one) { return one.name == column.metric; });
    if (metric != cell.metrics.end()) figures.values.push_back(metric->value);
  }
  std::sort(figures.values.begin(), figures.values.end());
  return figures;
}

static void fill(MetricColumn& column, const std::vector<Row>& rows,
                 const std::vector<CellResult>& cells) {
  std::optional<std::size_t> before;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    Figures figures = figures_of(rows[row], cells, column);
    if (before && !figures.values.empty()) {
      figures.against = before;
      figures.trend = trend_of(column.figures[*before], figures);
    }
    if (!figures.values.empty()) before = row;
    column.figures.push_back(std::move(figures));
  }
}

static bool same(const MetricColumn& a, const MetricColumn& b) {
  return a.topology == b.topology && a.test == b.test && a.metric == b.metric;
}

std::vector<MetricColumn> metric_columns(const std::vector<Row>& rows,
                                         const std::vector<CellResult>& cells,
                                         const std::vector<std::string>& metrics) {
  std::vector<MetricColumn> columns;
  for (const CellResult& cell : cells)
    for (const model::Metric& metric : cell.metrics) {
      MetricColumn column{cell.topology, cell.test, metric.name, metric.unit, {}};
      const bool wanted = std::any_of(metrics.begin(), metrics.end(), [&](const std::string& glob) {
        return util::glob_match(glob, metric.name);
      });
      const bool known = std::any_of(columns.begin(), columns.end(),
                                     [&](const auto& other) { return same(column, other); });
      if (!wanted || known) continue;
      fill(column, rows, cells);
      columns.push_back(std::move(column));
    }
  return columns;
}

}  // namespace kproof::series
