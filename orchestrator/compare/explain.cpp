#include "compare/explain.hpp"

#include <algorithm>

namespace kproof::compare {
using model::AxisValues;

static bool has_all(const Observation& observation, const AxisValues& values) {
  return std::ranges::all_of(values, [&](const auto& value) {
    return std::ranges::find(observation.axes, value) != observation.axes.end();
  });
}

static bool fits(const std::vector<Observation>& observations, const AxisValues& values) {
  return std::ranges::all_of(observations, [&](const Observation& observation) {
    return observation.shows == has_all(observation, values);
  });
}

// What all cells that show it have in common: nothing else can be a part of an explanation.
static AxisValues in_common(const std::vector<Observation>& observations) {
  AxisValues common;
  bool first = true;
  for (const Observation& observation : observations) {
    if (!observation.shows) continue;
    if (std::exchange(first, false)) common = observation.axes;
    std::erase_if(common, [&](const auto& value) { return !has_all(observation, {value}); });
  }
  return common;
}

// Sets of `size` of `candidates` from `next` on, added to `chosen`, that fit.
static void choose(const std::vector<Observation>& observations, const AxisValues& candidates,
                   std::size_t next, std::size_t size, AxisValues& chosen,
                   std::vector<AxisValues>& found) {
  if (chosen.size() == size) {
    if (fits(observations, chosen)) found.push_back(chosen);
    return;
  }
  for (std::size_t i = next; i < candidates.size(); ++i) {
    chosen.push_back(candidates[i]);
    choose(observations, candidates, i + 1, size, chosen, found);
    chosen.pop_back();
  }
}

std::vector<AxisValues> explain(const std::vector<Observation>& observations, std::size_t most) {
  std::vector<AxisValues> found;
  const auto shown = std::ranges::count_if(observations, &Observation::shows);
  if (shown == 0 || shown == std::ssize(observations)) return found;
  const AxisValues candidates = in_common(observations);
  AxisValues chosen;
  for (std::size_t size = 1; size <= std::min(most, candidates.size()) && found.empty(); ++size)
    choose(observations, candidates, 0, size, chosen, found);
  return found;
}

}  // namespace kproof::compare
