#include "series/matrix.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "series/figures.hpp"
#include "series/problems.hpp"
#include "series/state.hpp"

namespace kproof::series {
using model::CellResult;

std::string_view to_string(Change change) {
  constexpr std::string_view kWords[] = {"unknown", "unchanged",  "changed",
                                         "fixed",   "introduced", "flaky"};
  return kWords[static_cast<std::size_t>(change)];
}

std::string number_of(const std::vector<Row>& rows, std::size_t row) {
  return row == 0 ? "base" : fmt::format("{}/{}", row, rows.size() - 1);
}

std::string culprits(const std::vector<Row>& rows, std::size_t row,
                     std::optional<std::size_t> against) {
  const std::size_t first = against ? *against + 1 : row;
  if (first >= row) return number_of(rows, row);
  return fmt::format("{}-{}", first, number_of(rows, row));
}

static bool several_topologies(const Matrix& matrix) {
  return std::any_of(matrix.columns.begin(), matrix.columns.end(), [&](const Column& column) {
    return column.topology != matrix.columns.front().topology;
  });
}

std::string title_of(const Matrix& matrix, const Column& column) {
  return several_topologies(matrix) ? column.test + " " + column.topology : column.test;
}

std::string title_of(const Matrix& matrix, const MetricColumn& column) {
  std::string title = column.test + " " + column.metric;
  if (several_topologies(matrix)) title += " " + column.topology;
  return column.unit.empty() ? title : fmt::format("{} ({})", title, column.unit);
}

static std::vector<std::string> without(const std::set<std::string>& all,
                                        const std::set<std::string>& others) {
  std::vector<std::string> rest;
  std::set_difference(all.begin(), all.end(), others.begin(), others.end(),
                      std::back_inserter(rest));
  return rest;
}

// "munmap" of "not ok: munmap"; "" of anything else.
static std::string failed_subtest(const std::string& item) {
  constexpr std::string_view kFailed = "not ok: ";
  return item.starts_with(kFailed) ? item.substr(kFailed.size()) : "";
}

static bool skips(const State& state, const std::string& subtest) {
  return !subtest.empty() && state.ever.contains("skipped: " + subtest);
}

static bool is_proven_fix(const State& before, const State& now) {
  return std::ranges::none_of(
      before.ever, [&](const std::string& item) { return skips(now, failed_subtest(item)); });
}

// Something that is wrong now could have been seen before.
static bool is_proven_fault(const State& before, const State& now) {
  bool fails = false, seen = false;
  for (const std::string& item : now.ever) {
    if (item.starts_with("skipped: ") || item.starts_with("verdict ")) continue;
    fails = true;
    seen |= !before.ever.contains(item) && !skips(before, failed_subtest(item));
  }
  return seen || !fails;
}

static Change change_of(const State& before, const State& now, const Entry& entry) {
  if (now.kind == Kind::flaky) return Change::flaky;
  if (before.kind == Kind::flaky) return Change::unknown;
  if (before.kind != now.kind && now.kind == Kind::good)
    return is_proven_fix(before, now) ? Change::fixed : Change::unknown;
  if (before.kind != now.kind)
    return is_proven_fault(before, now) ? Change::introduced : Change::unknown;
  return entry.gone.empty() && entry.appeared.empty() ? Change::unchanged : Change::changed;
}

// The nearest row above that says something.
static std::optional<std::size_t> comparable(const std::vector<State>& states, std::size_t row) {
  while (row-- > 0)
    if (states[row].kind != Kind::absent && states[row].kind != Kind::unproven) return row;
  return std::nullopt;
}

static Entry entry_of(const std::vector<State>& states, std::size_t row) {
  const State& now = states[row];
  Entry entry{.verdict = now.verdict,
              .skipped = {now.skipped.begin(), now.skipped.end()},
              .expected = now.expected};
  if (now.kind == Kind::absent) return entry;
  if (now.kind == Kind::unproven) {
    if (row == 0 || states[row - 1].verdict != now.verdict) return entry;
    entry.change = Change::unchanged;
    entry.against = row - 1;
    return entry;
  }
  entry.against = comparable(states, row);
  if (!entry.against) {
    if (now.kind == Kind::flaky) entry.change = Change::flaky;
    return entry;
  }
  const State& before = states[*entry.against];
  entry.gone = without(before.always, now.ever);
  entry.appeared = without(now.always, before.ever);
  entry.change = change_of(before, now, entry);
  if (entry.change != Change::changed)  // the verdicts tell it
    for (auto* list : {&entry.gone, &entry.appeared})
      std::erase_if(*list, [](const std::string& item) { return item.starts_with("verdict "); });
  return entry;
}

static bool is_change(const Column& column, std::size_t row) {
  const Entry& entry = column.entries[row];
  if (!entry.against) return false;
  if (entry.change == Change::flaky) return column.entries[*entry.against].change != Change::flaky;
  return entry.change == Change::fixed || entry.change == Change::introduced ||
         entry.change == Change::changed;
}

static std::size_t fewest_repetitions(const std::vector<CellResult>& cells) {
  std::map<std::string, std::size_t> counts;
  for (const CellResult& cell : cells)
    ++counts[fmt::format("{}/{}/{}", cell.kernel, cell.topology, cell.test)];
  std::size_t fewest = cells.size();
  for (const auto& [entry, count] : counts)
    fewest = std::min(fewest, count);
  return fewest;
}

static Column column_of(const std::vector<Row>& rows, const std::vector<CellResult>& cells,
                        const CellResult& like) {
  std::vector<State> states;
  for (const Row& row : rows) {
    std::vector<const CellResult*> repetitions;
    for (const CellResult& cell : cells)
      if (cell.kernel == row.kernel && cell.topology == like.topology && cell.test == like.test)
        repetitions.push_back(&cell);
    states.push_back(state_of(repetitions));
  }
  Column column{.topology = like.topology, .test = like.test};
  for (std::size_t row = 0; row < rows.size(); ++row)
    column.entries.push_back(entry_of(states, row));
  for (std::size_t row = 1; row < rows.size() && !column.first_change; ++row)
    if (is_change(column, row)) column.first_change = row;
  return column;
}

Matrix compare(std::vector<Row> rows, const std::vector<CellResult>& cells,
               const std::vector<std::string>& metrics) {
  Matrix matrix{.rows = std::move(rows)};
  for (const CellResult& cell : cells) {
    const bool ours = std::any_of(matrix.rows.begin(), matrix.rows.end(),
                                  [&](const Row& row) { return row.kernel == cell.kernel; });
    const bool known =
        std::any_of(matrix.columns.begin(), matrix.columns.end(), [&](const Column& column) {
          return column.topology == cell.topology && column.test == cell.test;
        });
    if (ours && !known) matrix.columns.push_back(column_of(matrix.rows, cells, cell));
  }
  matrix.repetitions = fewest_repetitions(cells);
  matrix.metrics = metric_columns(matrix.rows, cells, metrics);
  matrix.problems = problems_of(matrix);
  return matrix;
}

}  // namespace kproof::series
