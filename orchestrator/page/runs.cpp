#include "page/runs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "page/cell.hpp"
#include "page/matrix.hpp"
#include "report/repetitions.hpp"
#include "report/tables.hpp"
#include "util/units.hpp"

namespace kproof::page {

// The key of a column is what the cells of its run are called by.
static report::Grid verdicts_of(const std::vector<Run>& runs) {
  report::Grid grid{.corner = "cell", .across = "run"};
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const report::Repetitions& cells : report::repetitions_in(runs[i].report.cells))
      grid.put(group_of(*cells.front(), ""), {fmt::format("{}/", i + 1), runs[i].name},
               report::entry_of(cells));
  return grid;
}

std::set<std::string> groups_that_differ(const std::vector<Run>& runs) {
  const report::Grid grid = verdicts_of(runs);
  std::set<std::string> differing;
  for (const std::string& row : grid.rows)
    for (const auto& column : grid.columns)
      if (grid.at(row, column).text != grid.at(row, grid.columns.front()).text)
        differing.insert(row);
  return differing;
}

static bool any_unexpected(const std::vector<Run>& runs) {
  return std::ranges::any_of(runs, [](const Run& run) {
    return std::ranges::any_of(
        run.report.cells, [](const model::CellResult& cell) { return !cell.judgement.expected; });
  });
}

// What the runs differ in is the news; a failure that they share is no good one either.
static void tell_difference(const Element& body, const std::vector<Run>& runs,
                            std::size_t differing, std::size_t cells) {
  const std::string all = util::format_count(cells, "cell");
  const std::string difference = fmt::format("The runs differ in {} of {}", differing, all);
  if (any_unexpected(runs))
    add_verdict(body, kBad, difference + ", and something is unexpected");
  else if (differing > 0)
    add_verdict(body, kOdd, difference);
  else
    add_verdict(body, kGood, all + ", the same in all runs");
}

void add_comparison(const Element& body, const std::vector<Run>& runs,
                    const std::set<std::string>& differing) {
  const report::Grid grid = verdicts_of(runs);
  body.add("h1", "", fmt::format("{} runs", runs.size()));
  tell_difference(body, runs, differing.size(), grid.rows.size());
  body.add("div").set("id", "filter");
  add_matrix(body, grid, [](const report::Grid::Column& column) { return column.key; });
}

}  // namespace kproof::page
