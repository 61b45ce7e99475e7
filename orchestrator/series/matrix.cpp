#include "series/matrix.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "series/difference.hpp"
#include "series/figures.hpp"
#include "series/problems.hpp"
#include "series/state.hpp"

namespace kproof::series {
using model::CellResult;

std::string_view to_string(Change change) {
  constexpr std::string_view kWords[] = {"unknown",    "unchanged", "changed", "fixed",
                                         "introduced", "flaky",     "lost"};
  return kWords[static_cast<std::size_t>(change)];
}

std::string_view to_string(Problem::Cause cause) {
  constexpr std::string_view kWords[] = {"series", "host", "unrun"};
  return kWords[static_cast<std::size_t>(cause)];
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

static bool is_change(const Column& column, std::size_t row) {
  const Entry& entry = column.entries[row];
  if (!entry.against) return false;
  if (entry.change == Change::flaky) return column.entries[*entry.against].change != Change::flaky;
  return entry.change == Change::fixed || entry.change == Change::introduced ||
         entry.change == Change::changed || entry.change == Change::lost;
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

Matrix matrix_of(std::vector<Row> rows, const std::vector<CellResult>& cells,
                 const std::vector<model::WatchedMetric>& metrics) {
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
