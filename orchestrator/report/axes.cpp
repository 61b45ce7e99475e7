// Which values of a matrix's axes go with what was wrong.
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compare/explain.hpp"
#include "compare/proven.hpp"
#include "report/summary.hpp"
#include "util/units.hpp"

namespace kproof::report {
using compare::Observation;
using Kind = compare::Sign::Kind;

static bool is_wrong(const compare::Sign& sign) {
  return sign.kind == Kind::finding || sign.kind == Kind::failed;
}

static bool shows(const compare::Proven& cell, const compare::Sign& sign) {
  return std::ranges::any_of(cell.signs,
                             [&](const compare::Sign& own) { return compare::alike(own, sign); });
}

static std::string words(const model::AxisValues& values) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : values)
    parts.push_back(fmt::format("{}={}", printable(name), printable(value)));
  return fmt::format("{}", fmt::join(parts, " and "));
}

// "in each of 4 cells with debug=kasan and mmu=shadow, and in none of 20 others"
static std::string where(const std::vector<Observation>& cells) {
  const auto seen = static_cast<std::size_t>(std::ranges::count_if(cells, &Observation::shows));
  const std::size_t others = cells.size() - seen;
  if (others == 0) return fmt::format("in all of {}", util::format_count(seen, "cell"));
  auto found = compare::explain(cells);
  const bool one_set = !found.empty();
  if (!one_set) found = compare::explain_by_any(cells);
  if (found.empty())
    return fmt::format("in {} of {}; no few values go with it", seen,
                       util::format_count(cells.size(), "cell"));
  std::vector<std::string> sets;
  for (const model::AxisValues& values : found)
    sets.push_back(words(values));
  return fmt::format("in {} with {}{}, and in none of {} others",
                     seen == 1 ? "the one cell" : fmt::format("each of {} cells", seen),
                     one_set ? "" : "any of ", fmt::join(sets, one_set ? ", or " : "; "), others);
}

std::string render_axes(const RunReport& report) {
  if (report.plan.matrix.axes.empty()) return "";
  std::vector<std::pair<const model::CellResult*, compare::Proven>> cells;
  std::map<std::string, compare::Sign> signs;  // alike ones once, by their words
  for (const model::CellResult& cell : report.cells) {
    compare::Proven proven = compare::proven(cell);
    if (proven.says == compare::Says::nothing) continue;
    for (const compare::Sign& sign : proven.signs)
      if (is_wrong(sign)) signs.emplace(to_string(sign), sign);
    cells.emplace_back(&cell, std::move(proven));
  }
  std::string text;
  for (const auto& [name, sign] : signs) {
    std::vector<Observation> observations;
    for (const auto& [cell, proven] : cells)
      observations.push_back({cell->axes, shows(proven, sign)});
    text += fmt::format("  {}\n    {}\n", printable(name), where(observations));
  }
  return text.empty() ? "" : "What goes with which values:\n" + text;
}

}  // namespace kproof::report
