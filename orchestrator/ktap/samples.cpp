#include "ktap/samples.hpp"

#include <algorithm>

#include "stats/ranks.hpp"

namespace kproof::ktap {

// In thousandths, so that ranks are whole numbers.
struct Percentile {
  const char* suffix;
  std::size_t permille;
};
static constexpr Percentile kPercentiles[] = {{"_p90", 900}, {"_p99", 990}, {"_p999", 999}};

static model::Metric named(const model::Metric& metric, const char* suffix, double value) {
  return {.name = metric.name + suffix, .value = value, .unit = metric.unit, .level = metric.level};
}

std::vector<model::Metric> with_percentiles(const model::Metric& metric) {
  std::vector<double> sorted = metric.samples;
  std::ranges::sort(sorted);
  std::vector<model::Metric> all{metric};
  all[0].value = stats::median(sorted);
  if (sorted.size() >= 2) all.push_back(named(metric, "_p50", all[0].value));
  for (const auto& [suffix, permille] : kPercentiles) {
    if (sorted.size() * (1000 - permille) < 1000) continue;
    const std::size_t rank = (sorted.size() * permille + 999) / 1000;
    all.push_back(named(metric, suffix, sorted[rank - 1]));
  }
  all.push_back(named(metric, "_max", sorted.back()));
  return all;
}

}  // namespace kproof::ktap
