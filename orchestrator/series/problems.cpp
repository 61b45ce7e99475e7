#include "series/problems.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::series {
using compare::Sign;
using Cause = Problem::Cause;
using Strings = std::vector<std::string>;

namespace {

// The problems of one entry of the matrix.
class Look {
 public:
  Look(const Matrix& matrix, const Column& column, std::size_t row, std::vector<Problem>& problems)
      : matrix_(matrix),
        column_(column),
        row_(row),
        entry_(column.entries[row]),
        whose_(culprits(matrix.rows, row, entry_.against)),
        title_(title_of(matrix, column)),
        problems_(problems) {}

  void all() {
    if (entry_.verdict.empty()) return unrun();
    if (row_ == 0) return;
    if (!entry_.against) return without_reference();
    lost();
    change();
    for (const std::string& name : named(Sign::Kind::skipped))
      add(fmt::format("{} skips a subtest of {}: {}", whose_, title_, name));
    for (const std::string& name : entry_.absent)
      add(fmt::format("{} loses a subtest of {}: {} is not there", whose_, title_, name));
  }

 private:
  void add(std::string text, Cause cause = Cause::series) {
    const auto column = static_cast<std::size_t>(&column_ - matrix_.columns.data());
    problems_.push_back({cause, std::move(text), row_, column});
  }
  bool last() const { return row_ + 1 == matrix_.rows.size(); }

  Strings named(Sign::Kind kind) const {
    Strings names;
    for (const Sign& sign : entry_.appeared)
      if (sign.kind == kind) names.push_back(sign.name);
    return names;
  }

  // What is wrong now and was not before, be it known who made it so or not. Known findings are no
  // problem, a new verdict only where nothing else tells of it.
  Strings wrong() const {
    Strings list;
    for (const Sign& sign : entry_.appeared)
      if (sign.kind == Sign::Kind::finding || sign.kind == Sign::Kind::failed)
        list.push_back(to_string(sign));
    if (!list.empty()) return list;
    for (const Sign& sign : entry_.appeared)
      if (sign.kind == Sign::Kind::verdict && sign.name != "fail") list.push_back(to_string(sign));
    return list;
  }

  static std::string listed(const Strings& list) {
    return list.empty() ? "" : fmt::format(" ({})", fmt::join(list, ", "));
  }

  // Only a row that was to run: not the last one, which is told of as such.
  void unrun() {
    if (entry_.against && !last())
      add(fmt::format("{}: {} did not run", number_of(matrix_.rows, row_), title_), Cause::unrun);
  }

  void without_reference() {
    if (entry_.expected || last() || wrong().empty()) return;
    add(fmt::format("{}: {} is {}{}, and no row above says whether that is new",
                    number_of(matrix_.rows, row_), title_, entry_.verdict, listed(wrong())));
  }

  // Told where it goes first: the rows below it have nothing left to lose.
  void lost() {
    if (!entry_.unproven || entry_.change == Change::unchanged) return;
    for (std::size_t row = *entry_.against + 1; row < row_; ++row)
      if (!column_.entries[row].verdict.empty()) return;
    add(fmt::format("{} loses the proof of {}: {}{}", whose_, title_, entry_.verdict,
                    entry_.reason.empty() ? "" : ": " + entry_.reason),
        entry_.host ? Cause::host : Cause::series);
  }

  void change() {
    const Change before = column_.entries[*entry_.against].change;
    if (entry_.change == Change::introduced)
      return add(fmt::format("{} introduces {}: {}", whose_, title_, entry_.verdict));
    if (entry_.change == Change::flaky && before != Change::flaky)
      return add(
          fmt::format("{} makes {} flaky: {}{}", whose_, title_, entry_.verdict, listed(wrong())));
    if (!wrong().empty())
      add(fmt::format("{} adds to {}: {}", whose_, title_, fmt::join(wrong(), ", ")));
  }

  const Matrix& matrix_;
  const Column& column_;
  const std::size_t row_;
  const Entry& entry_;
  const std::string whose_, title_;
  std::vector<Problem>& problems_;
};

}  // namespace

static void add_last(const Matrix& matrix, std::vector<Problem>& problems) {
  const std::size_t last = matrix.rows.size() - 1;
  if (!matrix.rows[last].unbuilt.empty()) return;  // told already
  const std::string when = last == 0 ? "the base" : "after the last patch";
  for (std::size_t i = 0; i < matrix.columns.size(); ++i) {
    const Entry& entry = matrix.columns[i].entries[last];
    const std::string title = title_of(matrix, matrix.columns[i]);
    if (entry.verdict.empty())
      problems.push_back({Cause::unrun, fmt::format("{}: {} did not run", when, title), last, i});
    else if (!entry.expected)
      problems.push_back(
          {entry.host ? Cause::host : Cause::series,
           fmt::format("{}: {} is {}, and the plan expects otherwise", when, title, entry.verdict),
           last, i});
  }
}

std::vector<Problem> problems_of(const Matrix& matrix) {
  std::vector<Problem> problems;
  for (std::size_t row = 0; row < matrix.rows.size(); ++row) {
    if (!matrix.rows[row].unbuilt.empty()) {
      problems.push_back(
          {Cause::series, fmt::format("{} does not build", number_of(matrix.rows, row)), row, {}});
      continue;
    }
    for (const Column& column : matrix.columns)
      Look(matrix, column, row, problems).all();
  }
  if (matrix.rows.empty()) return problems;
  if (matrix.columns.empty())
    problems.push_back({Cause::unrun, "no case ran", matrix.rows.size() - 1, {}});
  add_last(matrix, problems);
  return problems;
}

}  // namespace kproof::series
