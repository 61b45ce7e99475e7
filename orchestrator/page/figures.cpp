#include "page/figures.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "page/chart.hpp"
#include "report/repetitions.hpp"
#include "report/text.hpp"
#include "stats/ranks.hpp"
#include "util/names.hpp"

namespace kproof::page {
using model::CellResult;
using report::RunReport;

namespace {
// Figures of one name of the repetitions of a cell.
struct Samples {
  std::string cell;
  std::vector<double> values;
};
}  // namespace

static std::map<std::pair<std::string, std::string>, std::vector<Samples>> samples_of(
    const RunReport& report) {
  std::map<std::pair<std::string, std::string>, std::vector<Samples>> figures;
  for (const report::Repetitions& cells : report::repetitions_in(report.cells)) {
    std::map<std::pair<std::string, std::string>, Samples> own;
    for (const CellResult* cell : cells)
      for (const model::Metric& metric : compare::proven(*cell).metrics)
        if (std::isfinite(metric.value))
          own[{metric.name, metric.unit}].values.push_back(metric.value);
    for (auto& [name, samples] : own) {
      samples.cell = cells.front()->id;
      figures[name].push_back(std::move(samples));
    }
  }
  return figures;
}

void add_figures(const Element& body, const RunReport& report) {
  bool any = false;
  for (const auto& [name, cells] : samples_of(report)) {
    if (std::ranges::none_of(report.plan.metrics, [&](const model::WatchedMetric& watched) {
          return util::glob_match(watched.name, name.first);
        }))
      continue;
    if (!std::exchange(any, true)) body.add("h2", "", "Figures");
    double least = cells.front().values.front(), most = least;
    for (const Samples& samples : cells)
      for (const double value : samples.values)
        least = std::min(least, value), most = std::max(most, value);
    body.add("h3", "", fmt::format("{} ({})", name.first, name.second));
    const Element table = body.add("div", "wide").add("table");
    for (const Samples& samples : cells) {
      const Element row = table.add("tr");
      row.add("td", "", samples.cell);
      const std::string median = report::number(stats::median(samples.values));
      row.add("td", "", fmt::format("{} of {}", median, samples.values.size()));
      add_dots(row.add("td"), samples.values, least, most,
               fmt::format("median {} {}", median, name.second));
    }
    body.add("p", "soft",
             fmt::format("axis: {} to {} {}; the line is the median", report::number(least),
                         report::number(most), name.second));
  }
}

}  // namespace kproof::page
