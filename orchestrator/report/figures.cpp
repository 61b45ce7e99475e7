#include "report/figures.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "report/text.hpp"
#include "stats/ranks.hpp"
#include "util/names.hpp"

namespace kproof::report {

Figures figures_of(const Repetitions& cells) {
  Figures figures;
  for (const model::CellResult* cell : cells)
    for (const model::Metric& metric : compare::proven(*cell).metrics)
      figures[{metric.name, metric.unit}].push_back(metric.value);
  for (auto& [name, values] : figures)
    std::ranges::sort(values);
  return figures;
}

bool is_watched(const RunReport& report, const std::string& metric) {
  return std::ranges::any_of(report.plan.metrics, [&](const model::WatchedMetric& watched) {
    return util::glob_match(watched.name, metric);
  });
}

std::string spread(const std::vector<double>& sorted) {
  const std::string median = number(stats::median(sorted));
  if (sorted.size() < 2) return median;
  return fmt::format("{} [{} {}]", median, number(sorted.front()), number(sorted.back()));
}

std::string counted_spread(const std::vector<double>& sorted) {
  return sorted.size() < 2 ? spread(sorted)
                           : fmt::format("{} of {}", spread(sorted), sorted.size());
}

std::string below_noise(double noise) {
  return fmt::format("< {} noise", number(noise));
}

}  // namespace kproof::report
