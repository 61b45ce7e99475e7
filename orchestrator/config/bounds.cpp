#include <fmt/format.h>

#include "config/sections.hpp"

namespace kproof::config {

// `most: 4`, `least: 1`, or both; and the unit, for who reads the plan and for a case that changes.
static void read_bound(Problems& problems, const Value& value, model::Bound bound,
                       model::Plan& plan) {
  const Map map(problems, value, {"least", "most", "unit"});
  bound.metric = value.name;
  bound.place = problems.place(value.key);
  bound.least = figure(problems, map.find("least"));
  bound.most = figure(problems, map.find("most"));
  assign(bound.unit, text(problems, map.find("unit")));
  if (!map.find("least") && !map.find("most") && !map.has_refused())
    problems.add(value.mark, fmt::format("`{}` has no bound", value.name),
                 "write `{ most: FIGURE }`, `{ least: FIGURE }` or both");
  if (bound.least && bound.most && *bound.least > *bound.most)
    problems.add(value.mark,
                 fmt::format("no figure is at least {} and at most {}", *bound.least, *bound.most));
  plan.bounds.push_back(std::move(bound));
}

static void read_entry(Problems& problems, const Value& item, model::Plan& plan) {
  const Map map(problems, item, {"kernel", "topology", "case", "metrics", "reason"});
  const WhichCells which = read_which_cells(problems, map, plan);
  model::Bound bound{.kernel = which.kernel, .topology = which.topology, .test = which.test};
  assign(bound.reason, text(problems, map.find("reason")));
  const auto metrics = map.require("metrics");
  if (!metrics) return;
  const Map named(problems, *metrics, {});
  for (const Value& metric : named.entries())
    read_bound(problems, metric, bound, plan);
  if (metrics->node.IsMap() && metrics->node.size() == 0)
    problems.add(metrics->mark, "`metrics` is empty", "name at least one, or remove the entry");
}

void read_bounds(Problems& problems, const MaybeValue& list, model::Plan& plan) {
  for (const Value& item : items(problems, list, "bounds entry"))
    read_entry(problems, item, plan);
}

}  // namespace kproof::config
