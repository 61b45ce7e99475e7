#include "series/problems.hpp"

#include <fmt/format.h>

namespace kproof::series {

// What is introduced counts even if a later patch mends it: each step of a series must hold, or
// bisection stumbles there.
static void add_changes(const Matrix& matrix, std::size_t row, std::vector<std::string>& problems) {
  for (const Column& column : matrix.columns) {
    const Entry& entry = column.entries[row];
    if (!entry.against) continue;
    const std::string whose = culprits(matrix.rows, row, entry.against);
    const Entry& before = column.entries[*entry.against];
    if (entry.change == Change::introduced)
      problems.push_back(
          fmt::format("{} introduces {}: {}", whose, title_of(matrix, column), entry.verdict));
    if (entry.change == Change::flaky && before.change != Change::flaky)
      problems.push_back(
          fmt::format("{} makes {} flaky: {}", whose, title_of(matrix, column), entry.verdict));
  }
}

static void add_last(const Matrix& matrix, std::vector<std::string>& problems) {
  const std::size_t last = matrix.rows.size() - 1;
  if (!matrix.rows[last].unbuilt.empty()) return;  // told already
  const std::string when = last == 0 ? "the base" : "after the last patch";
  for (const Column& column : matrix.columns) {
    const Entry& entry = column.entries[last];
    if (entry.expected) continue;
    problems.push_back(entry.verdict.empty()
                           ? fmt::format("{}: {} did not run", when, title_of(matrix, column))
                           : fmt::format("{}: {} is {}, and the plan expects otherwise", when,
                                         title_of(matrix, column), entry.verdict));
  }
}

std::vector<std::string> problems_of(const Matrix& matrix) {
  std::vector<std::string> problems;
  for (std::size_t row = 0; row < matrix.rows.size(); ++row) {
    if (!matrix.rows[row].unbuilt.empty())
      problems.push_back(fmt::format("{} does not build", number_of(matrix.rows, row)));
    add_changes(matrix, row, problems);
  }
  if (matrix.rows.empty()) return problems;
  if (matrix.columns.empty()) problems.emplace_back("no case ran");
  add_last(matrix, problems);
  return problems;
}

}  // namespace kproof::series
