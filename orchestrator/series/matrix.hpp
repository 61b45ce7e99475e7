// The series matrix: what each patch of a series changed. Pure.
//
// Rows are the base and the base with the first 1, 2, ... patches; columns are cases in a topology,
// and figures of cases. Each entry is compared with the row before it, or, where that one says
// nothing (it does not build, or its cells prove nothing), with the nearest one above that does:
// then the patches in between share the blame, and Entry::against tells.
//
//   repetitions of a row (compare/proven.hpp)  state         may be compared
//   all good                                   good          yes
//   some bad, none good                        bad           yes
//   some of each                               flaky         no: nothing follows from it
//   else (skip, miss, a test's failure, ...)   unproven      no: missing is never passing
//
//   before  now       change
//   bad     good      fixed
//   good    bad       introduced
//   good    good      changed, where a subtest or a finding is there in one of the two rows, and in
//                     no repetition of the other; else unchanged
//   bad     bad       the same, also of failed subtests, other findings and verdicts
//   any     flaky     flaky
//   good    unproven  lost
//   else              unknown; unchanged where both rows have the same unproven verdict
//
// A subtest that was skipped says nothing either: what failed before and is skipped now is not
// fixed, and what fails now and was skipped before is not introduced; both are unknown.
//
// A series is clean only if each of its steps is, as bisections stop at any of them (problems.cpp):
// in no row, be it mended later or not, a finding or a failed subtest appears, a proof is lost, a
// subtest is skipped that was not before, or anything becomes flaky; each row builds; and after the
// last patch all is as the plan expects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/proven.hpp"
#include "compare/trend.hpp"
#include "model/plan.hpp"
#include "model/result.hpp"
#include "stats/effect.hpp"

namespace kproof::series {

struct Row {
  std::string kernel;   // its name in ids of cells: "built-6.1", "built-6.1+2"
  std::string subject;  // of the patch on top; of the base its label
  std::string unbuilt;  // why it could not be built, several lines; "" when it was
};

enum class Change : std::uint8_t { unknown, unchanged, changed, fixed, introduced, flaky, lost };
std::string_view to_string(Change change);

struct Entry {
  Change change = Change::unknown;
  std::string verdict;  // "pass"; "crash/fail" and, of a flaky one, "1/3 fail"; "" when no cell ran
  std::string reason;   // of the first repetition that is no pass; "" when all are
  std::optional<std::size_t> against;   // the row that it was compared with
  std::vector<compare::Sign> gone;      // in each repetition before, in none now
  std::vector<compare::Sign> appeared;  // in any repetition now, in none before
  std::vector<std::string> absent;      // subtests that were seen before and are not there now
  std::vector<std::string> skipped;     // in any repetition, "munmap of half: no memory"
  bool expected = false;                // every repetition, as the plan says for this row's kernel
  bool unproven = false;                // it says nothing
  bool host = false;  // what is not expected is a fault of this host, in every repetition
};

struct Column {
  std::string topology, test;
  std::vector<Entry> entries;               // one a row
  std::optional<std::size_t> first_change;  // the first row that is fixed, introduced, changed,
                                            // lost or newly flaky
};

// What repetitions measured, each one figure, of cells that prove it (compare/proven.hpp).
struct Figures {
  std::vector<double> values;  // sorted
  std::string unit;
  compare::Trend trend = compare::Trend::none;  // where there is a row to compare with
  std::optional<std::size_t> against;
  std::optional<stats::Difference> difference;  // to that row, where figures could show a change
  std::optional<double>
      noise;              // the median of what the case measured in idleness (model::idle_name)
  double median() const;  // of none: 0
  bool is_noise() const;
};

struct MetricColumn {
  std::string topology, test, metric, unit;  // the unit of the first row that has figures
  double least_change = model::kLeastChange;
  std::vector<Figures> figures;  // one a row
};

// Why a series is not clean, one sentence, and whose doing that is.
struct Problem {
  enum class Cause : std::uint8_t {
    series,  // a patch's, a case's or the plan's: it stays, whatever host this is run on
    host,    // a fault of this host stands in the way
    unrun,   // cells did not run: the series was interrupted
  };
  Cause cause = Cause::series;
  std::string text;
  std::size_t row = 0;
  std::optional<std::size_t> column;  // none: of the row as a whole
};
std::string_view to_string(Problem::Cause cause);

struct Matrix {
  std::vector<Row> rows;
  std::vector<Column> columns;
  std::vector<MetricColumn> metrics;
  std::size_t repetitions = 0;    // the fewest that an entry stands for
  std::vector<Problem> problems;  // in the order of the rows
  bool clean() const { return problems.empty(); }
};

// `cells`: those that ran, of any kernel. `metrics`: those of model::Plan.
Matrix matrix_of(std::vector<Row> rows, const std::vector<model::CellResult>& cells,
                 const std::vector<model::WatchedMetric>& metrics);

// How many comparisons of figures a matrix has; compare::enough() takes it.
std::size_t comparisons_in(const Matrix& matrix);

// "2/3", "base".
std::string number_of(const std::vector<Row>& rows, std::size_t row);
// Which patches may have made that entry: "3/3"; "2-3/3" where 2/3 could not be compared.
std::string culprits(const std::vector<Row>& rows, std::size_t row,
                     std::optional<std::size_t> against);
// "mm/thp_mprotect", with its topology where the matrix has several.
std::string title_of(const Matrix& matrix, const Column& column);
std::string title_of(const Matrix& matrix, const MetricColumn& column);

}  // namespace kproof::series
