#include "series/figures.hpp"

#include <algorithm>

#include "stats/ranks.hpp"
#include "util/names.hpp"

namespace kproof::series {
using compare::Samples;
using compare::Trend;
using model::CellResult;

double Figures::median() const {
  return stats::median(values);
}

bool Figures::is_noise() const {
  return noise && !values.empty() && median() <= *noise;
}

namespace {

// A cell's figures that count, with where they stand in the matrix.
struct Measured {
  const CellResult& cell;
  std::vector<model::Metric> metrics;
};

}  // namespace

static auto watching(const std::vector<model::WatchedMetric>& watched, const std::string& name) {
  return std::ranges::find_if(watched,
                              [&](const auto& one) { return util::glob_match(one.name, name); });
}

static std::vector<Measured> measured(const std::vector<Row>& rows,
                                      const std::vector<CellResult>& cells) {
  std::vector<Measured> list;
  for (const CellResult& cell : cells) {
    if (std::ranges::none_of(rows, [&](const Row& row) { return row.kernel == cell.kernel; }))
      continue;
    list.push_back({cell, compare::proven(cell).metrics});
  }
  return list;
}

// Of one unit, the first one's: what a repetition measured in another is left out.
static Figures figures_of(const Row& row, const std::vector<Measured>& all,
                          const MetricColumn& column, const std::string& name) {
  Figures figures;
  for (const Measured& one : all) {
    if (one.cell.kernel != row.kernel || one.cell.topology != column.topology ||
        one.cell.test != column.test)
      continue;
    for (const model::Metric& metric : one.metrics) {
      if (metric.name != name) continue;
      if (figures.values.empty()) figures.unit = metric.unit;
      if (metric.unit == figures.unit) figures.values.push_back(metric.value);
    }
  }
  std::ranges::sort(figures.values);
  return figures;
}

static void fill(MetricColumn& column, const std::vector<Row>& rows,
                 const std::vector<Measured>& all) {
  std::optional<std::size_t> before;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    Figures figures = figures_of(rows[row], all, column, column.metric);
    const Figures idle = figures_of(rows[row], all, column, model::idle_name(column.metric));
    if (!idle.values.empty() && idle.unit == figures.unit) figures.noise = idle.median();
    if (!figures.values.empty()) {
      figures.against = before;
      before = row;
    }
    column.figures.push_back(std::move(figures));
  }
  const auto first =
      std::ranges::find_if(column.figures, [](const Figures& f) { return !f.values.empty(); });
  if (first != column.figures.end()) column.unit = first->unit;
}

static void find_trends(std::vector<MetricColumn>& columns) {
  std::vector<Figures*> compared;
  std::vector<Samples> samples;
  for (MetricColumn& column : columns)
    for (Figures& now : column.figures) {
      if (!now.against) continue;
      const Figures& before = column.figures[*now.against];
      if (before.is_noise() && now.is_noise()) continue;  // nothing was measured
      compared.push_back(&now);
      samples.push_back({before.values, now.values, before.unit == now.unit, column.least_change});
    }
  const auto found = compare::trends(samples);
  for (std::size_t i = 0; i < compared.size(); ++i) {
    compared[i]->trend = found[i];
    if (found[i] != Trend::too_few && found[i] != Trend::other_unit)
      compared[i]->difference = stats::median_difference(samples[i].before, samples[i].now);
  }
}

std::vector<MetricColumn> metric_columns(const std::vector<Row>& rows,
                                         const std::vector<CellResult>& cells,
                                         const std::vector<model::WatchedMetric>& metrics) {
  const std::vector<Measured> all = measured(rows, cells);
  std::vector<MetricColumn> columns;
  for (const Measured& one : all)
    for (const model::Metric& metric : one.metrics) {
      const auto watched = watching(metrics, metric.name);
      if (watched == metrics.end()) continue;
      MetricColumn column{one.cell.topology, one.cell.test,         metric.name,
                          metric.unit,       watched->least_change, {}};
      if (std::ranges::any_of(columns, [&](const MetricColumn& other) {
            return other.topology == column.topology && other.test == column.test &&
                   other.metric == column.metric;
          }))
        continue;
      fill(column, rows, all);
      columns.push_back(std::move(column));
    }
  find_trends(columns);
  return columns;
}

std::size_t comparisons_in(const Matrix& matrix) {
  std::size_t count = 0;
  for (const MetricColumn& column : matrix.metrics)
    for (const Figures& figures : column.figures)
      count += figures.against.has_value();
  return count;
}

}  // namespace kproof::series
