#include "plan/cells.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plan/cases.hpp"
#include "plan/shard.hpp"
#include "util/error.hpp"
#include "util/names.hpp"

namespace kproof::plan {
using Names = std::vector<std::string>;

// An expectation or a bound.
static bool matches(const auto& entry, const model::Cell& cell) {
  return keeps(entry.kernel, cell.kernel.name) && keeps(entry.topology, cell.topology.name) &&
         keeps(entry.test, cell.test.alias);
}

static std::string cell_id(const model::Cell& cell) {
  const std::string id =
      fmt::format("{}/{}/{}", cell.kernel.name, cell.topology.name, cell.test.alias);
  return cell.repetition == 1 ? id : fmt::format("{}@{}", id, cell.repetition);
}

// One for each repetition.
static void add_cells(const model::Plan& plan, const Point& point,
                      std::vector<model::Cell>& cells) {
  for (unsigned n = 1; n <= point.test->repetitions.value_or(plan.repetitions); ++n) {
    model::Cell cell{.kernel = *point.kernel,
                     .topology = *point.topology,
                     .test = *point.test,
                     .axes = point.axes,
                     .repetition = n};
    cell.id = cell_id(cell);
    cells.push_back(std::move(cell));
  }
}

static Expansion all_cells(const model::Plan& plan, const std::vector<model::PlanCase>& cases) {
  Expansion all;
  std::vector<model::Cell>& cells = all.cells;
  if (!plan.matrix.axes.empty()) {
    for (const Point& point : all.matrix.emplace(plan, cases).points())
      add_cells(plan, point, cells);
    return all;
  }
  for (const auto& kernel : plan.kernels)
    for (const auto& topology : plan.topologies)
      for (const auto& test : cases)
        if (keeps(test.kernels, kernel.name) && keeps(test.topologies, topology.name))
          add_cells(plan, {&kernel, &topology, &test}, cells);
  return all;
}

// Each entry to the cells that it is about.
static void attach(const auto& entries, std::vector<model::Cell>& cells, auto attach_to) {
  for (const auto& entry : entries) {
    bool met = false;
    for (auto& cell : cells)
      if (matches(entry, cell)) {
        attach_to(cell, entry);
        met = true;
      }
    if (!met)
      throw ConfigError(
          fmt::format("{}: no cell has kernel `{}`, topology `{}` and case `{}`", entry.place,
                      fmt::join(entry.kernel, " or "), fmt::join(entry.topology, " or "),
                      fmt::join(entry.test, " or ")),
          "`kproof plan` lists the cells; correct the entry or remove it");
  }
}

// Throws when one of `filters` matches none of `names`.
static void require_met(const Names& filters, const Names& names, std::string_view option,
                        std::string_view what) {
  for (const auto& filter : filters)
    if (std::none_of(names.begin(), names.end(),
                     [&](const std::string& name) { return util::glob_match(filter, name); }))
      throw ConfigError(fmt::format("{} {}: matches nothing in the plan", option, filter),
                        util::suggest(filter, names, what));
}

Expansion expand(const model::Plan& plan, const Filter& filter, const Names& known) {
  const auto cases = resolve_cases(plan.cases, known);
  Expansion all = all_cells(plan, cases);
  std::vector<model::Cell>& cells = all.cells;
  attach(plan.expectations, cells,
         [](model::Cell& cell, const model::Expectation& entry) { cell.expectation = entry; });
  attach(plan.bounds, cells,
         [](model::Cell& cell, const model::Bound& entry) { cell.bounds.push_back(entry); });
  for (model::Cell& cell : cells)
    cell.known_issues = plan.known_issues;
  Names kernels, topologies, aliases;
  for (const auto& kernel : plan.kernels)
    kernels.push_back(kernel.name);
  for (const auto& topology : plan.topologies)
    topologies.push_back(topology.name);
  for (const auto& test : cases)
    aliases.push_back(test.alias);
  require_met(filter.kernels, kernels, "--kernel", "kernels");
  require_met(filter.topologies, topologies, "--topology", "topologies");
  require_met(filter.cases, aliases, "--case", "cases");
  std::erase_if(cells, [&](const model::Cell& cell) {
    return !keeps(filter.kernels, cell.kernel.name) ||
           !keeps(filter.topologies, cell.topology.name) || !keeps(filter.cases, cell.test.alias) ||
           (!filter.ids.empty() && std::ranges::find(filter.ids, cell.id) == filter.ids.end());
  });
  if (filter.shard) cells = shard_of(std::move(cells), *filter.shard);
  return all;
}

}  // namespace kproof::plan
