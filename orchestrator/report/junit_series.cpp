#include "report/junit_series.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/series.hpp"

namespace kproof::report {
using series::Matrix;
using series::Problem;

// One sentence a line, and what a failure of a test is that has them.
struct Told {
  std::string text;
  Junit::Kind kind = Junit::Kind::passed;
};

static Told problems_at(const Matrix& matrix, std::size_t row, std::optional<std::size_t> column) {
  Told told;
  for (const Problem& problem : matrix.problems) {
    if (problem.row != row || problem.column != column) continue;
    told.text += problem.text + "\n";
    if (problem.cause == Problem::Cause::series) told.kind = Junit::Kind::failure;
    if (told.kind == Junit::Kind::passed) told.kind = Junit::Kind::error;
  }
  return told;
}

static Junit::Test test_of(Junit::Kind kind, const std::string& group, std::string name,
                           const std::string& text) {
  return {.group = group,
          .name = std::move(name),
          .kind = kind,
          .message = text.substr(0, text.find('\n')),
          .type = "series",
          .text = text};
}

static std::string story(const series::Column& column, const series::Entry& entry) {
  if (entry.verdict.empty()) return "did not run";
  std::string text = entry.against
                         ? fmt::format("{}: {} -> {}", to_string(entry.change),
                                       column.entries[*entry.against].verdict, entry.verdict)
                         : entry.verdict;
  for (const compare::Sign& sign : entry.appeared)
    if (entry.against) text += "\nnew: " + to_string(sign);
  for (const std::string& name : entry.absent)
    text += "\nnot there: " + name;
  for (const std::string& skip : entry.skipped)
    text += "\nskipped: " + skip;
  return text;
}

static void add_row(Junit& junit, const Matrix& matrix, std::size_t row, const std::string& plan) {
  const series::Row& of = matrix.rows[row];
  std::string number = number_of(matrix.rows, row);
  std::ranges::replace(number, '/', '_');
  const std::string group = group_of({plan, "series", number});
  const bool built = of.unbuilt.empty();
  junit.add(test_of(built ? Junit::Kind::passed : Junit::Kind::failure, group,
                    "build: " + of.subject, of.unbuilt));
  if (!built) return;
  for (std::size_t i = 0; i < matrix.columns.size(); ++i) {
    const series::Entry& entry = matrix.columns[i].entries[row];
    const Told problems = problems_at(matrix, row, i);
    const bool open = entry.verdict.empty() || entry.unproven;
    const Junit::Kind kind =
        problems.kind == Junit::Kind::passed && open ? Junit::Kind::skipped : problems.kind;
    junit.add(test_of(kind, group, title_of(matrix, matrix.columns[i]),
                      problems.text + story(matrix.columns[i], entry)));
  }
}

void add_series(Junit& junit, const RunReport& report) {
  const Matrix& matrix = *report.series;
  junit.begin_suite(report.plan.name + "/series", report.started, report.host.hostname);
  junit.add_property("clean", matrix.clean() ? "true" : "false");
  for (std::size_t row = 0; row < matrix.rows.size(); ++row)
    add_row(junit, matrix, row, report.plan.name);
  if (matrix.columns.empty())
    junit.add(test_of(Junit::Kind::error, group_of({report.plan.name, "series"}), "cells",
                      "no case ran"));
  junit.end_suite(render_matrix(matrix, {}));
}

}  // namespace kproof::report
