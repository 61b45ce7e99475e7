// The series matrix: what each patch of a series changed. Pure.
//
// Rows are the base and the base with the first 1, 2, ... patches; columns are cases in a topology,
// and figures of cases. Each entry is compared with the row before it, or, where that one says
// nothing (it does not build; skip, miss or broken), with the nearest one above that does: then the
// patches in between share the blame, and Entry::against tells.
//
//   repetitions of a row     state         may be compared
//   all pass                 good          yes
//   all fail, crash or hang  bad           yes
//   some of each             flaky         no: nothing follows from it
//   else (skip, miss, ...)   unproven      no: missing is never passing, so never fixed
//
//   before  now   change
//   bad     good  fixed
//   good    bad   introduced
//   good    good  changed, where a skipped subtest or a known finding is in every repetition of one
//                 of the two rows and in none of the other; else unchanged
//   bad     bad   the same, also of failed subtests, other findings and verdicts
//   any     flaky flaky
//   else          unknown; unchanged where both rows have the same unproven verdict
//
// A subtest that was skipped says nothing either: what failed before and is skipped now is not
// fixed, and what fails now and was skipped before is not introduced; both are unknown.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.hpp"

namespace kproof::series {

struct Row {
  std::string kernel;   // its name in ids of cells: "built-6.1", "built-6.1+2"
  std::string subject;  // of the patch on top; of the base its label
  std::string unbuilt;  // why it could not be built, several lines; "" when it was
};

enum class Change { unknown, unchanged, changed, fixed, introduced, flaky };
std::string_view to_string(Change change);

struct Entry {
  Change change = Change::unknown;
  std::string verdict;  // "pass"; "crash/fail" and, of a flaky one, "1/3 fail"; "" when no cell ran
  std::optional<std::size_t> against;       // the row that it was compared with
  std::vector<std::string> gone, appeared;  // "finding: bad pud", "not ok: write after PROT_READ",
                                            // "skipped: munmap of half"
  std::vector<std::string> skipped;         // in any repetition, "munmap of half: no memory"
  bool expected = false;  // every repetition, as the plan says for this row's kernel
};

struct Column {
  std::string topology, test;
  std::vector<Entry> entries;               // one a row
  std::optional<std::size_t> first_change;  // the first row that is fixed, introduced, changed or
                                            // newly flaky
};

// What repetitions measured. Called more or less than before only where both rows have three
// figures or more and their ranges are further apart than either is wide: times scatter by factors,
// so distance and width are ratios where all figures are above 0, else differences.
enum class Trend { none, less, more };
std::string_view to_string(Trend trend);
constexpr std::size_t kLeastFigures = 3;

struct Figures {
  std::vector<double> values;  // sorted
  Trend trend = Trend::none;
  std::optional<std::size_t> against;
  double median() const;  // of none: 0
};

struct MetricColumn {
  std::string topology, test, metric, unit;
  std::vector<Figures> figures;  // one a row
};

struct Matrix {
  std::vector<Row> rows;
  std::vector<Column> columns;
  std::vector<MetricColumn> metrics;
  std::size_t repetitions = 0;  // the fewest that an entry stands for
  // Why the series is not clean, one sentence each, in the order of the rows: a row that does not
  // build, what a patch introduces or makes flaky, and what is not as the plan expects after the
  // last patch.
  std::vector<std::string> problems;
  bool clean() const { return problems.empty(); }
};

// `cells`: those that ran, of any kernel. `metrics`: names or globs, as model::Plan has them.
Matrix compare(std::vector<Row> rows, const std::vector<model::CellResult>& cells,
               const std::vector<std::string>& metrics);

// "2/3", "base".
std::string number_of(const std::vector<Row>& rows, std::size_t row);
// Which patches may have made that entry: "3/3"; "2-3/3" where 2/3 could not be compared.
std::string culprits(const std::vector<Row>& rows, std::size_t row,
                     std::optional<std::size_t> against);
// "mm/thp_mprotect", with its topology where the matrix has several.
std::string title_of(const Matrix& matrix, const Column& column);
std::string title_of(const Matrix& matrix, const MetricColumn& column);

}  // namespace kproof::series
