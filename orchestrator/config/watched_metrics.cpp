#include <charconv>

#include "config/sections.hpp"

namespace kproof::config {

// "12.5%" -> 0.125
static std::optional<double> share(Problems& problems, const MaybeValue& value) {
  if (!value) return std::nullopt;
  const std::string word = value->node.IsScalar() ? value->node.Scalar() : "";
  double percent = 0;
  const char* const last = word.data() + word.size();
  const auto [end, error] = std::from_chars(word.data(), last, percent);
  const bool whole = error == std::errc() && end + 1 == last && *end == '%';
  if (whole && percent >= 0 && percent <= 100) return percent / 100;
  problems.add(value->mark, "`least_change` must be a share, such as 20%");
  return std::nullopt;
}

static void read_watched(Problems& problems, const Value& item, model::Plan& plan) {
  model::WatchedMetric watched;
  if (!item.node.IsMap()) {
    if (const auto name = text(problems, item)) plan.metrics.push_back({*name});
    return;
  }
  const Map map(problems, item, {"metric", "least_change"});
  assign(watched.name, text(problems, map.require("metric")));
  assign(watched.least_change, share(problems, map.find("least_change")));
  plan.metrics.push_back(std::move(watched));
}

void read_watched_metrics(Problems& problems, const MaybeValue& list, model::Plan& plan) {
  for (const Value& item : items(problems, list))
    read_watched(problems, item, plan);
}

}  // namespace kproof::config
