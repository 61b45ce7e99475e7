#include "series/answer.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compare/unit.hpp"
#include "util/units.hpp"

namespace kproof::series {
using compare::Sign;

static bool is_loss(const Entry& now) {
  return !now.absent.empty() || std::ranges::any_of(now.appeared, [](const Sign& sign) {
    return sign.kind != Sign::Kind::known;
  });
}

Worse worse(const Entry& before, const Entry& now) {
  switch (now.change) {
    case Change::introduced:
      return Worse::yes;
    case Change::changed:
      return is_loss(now) ? Worse::yes : Worse::no;
    case Change::flaky:
      return before.change == Change::flaky ? Worse::no : Worse::yes;
    case Change::lost:
      return now.host ? Worse::host : Worse::yes;
    case Change::unknown:
    case Change::unchanged:
    case Change::fixed:
      break;
  }
  return Worse::no;
}

bool is_worse(const Figures& now) {
  return now.trend == compare::Trend::more && compare::is_time(now.unit);
}

namespace {
struct Counted {
  std::vector<std::string> worse, untold, better;
  std::size_t told = 0, bad_in_both = 0;
};
}  // namespace

static bool is_skip(const Entry& entry) {
  return entry.verdict == "skip";
}

static void count(const Matrix& matrix, const Column& column, Counted& counted) {
  const Entry &before = column.entries[0], &now = column.entries[1];
  const std::string name = fmt::format("{} ({} -> {})", title_of(matrix, column),
                                       before.verdict.empty() ? "did not run" : before.verdict,
                                       now.verdict.empty() ? "did not run" : now.verdict);
  const Worse found = worse(before, now);
  if (found == Worse::yes) {
    counted.worse.push_back(name);
  } else if (before.unproven || now.unproven || found == Worse::host || now.verdict.empty() ||
             before.verdict.empty()) {
    if (!is_skip(before) || !is_skip(now)) counted.untold.push_back(name);
  } else {
    ++counted.told;
    if (now.change == Change::fixed) counted.better.push_back(name);
    counted.bad_in_both += now.change != Change::fixed && now.verdict != "pass";
  }
}

static std::string unbuilt(const Matrix& matrix) {
  std::vector<std::string> names;
  for (const Row& row : matrix.rows)
    if (!row.unbuilt.empty()) names.push_back(row.kernel);
  return names.empty() ? ""
                       : fmt::format("Cannot tell: {} {} not build.", fmt::join(names, " and "),
                                     names.size() > 1 ? "do" : "does");
}

static std::string text_of_not_worse(const Counted& counted) {
  std::string text =
      fmt::format("Nothing became worse in {}", util::format_count(counted.told, "comparison"));
  if (!counted.better.empty()) text += fmt::format("; better: {}", fmt::join(counted.better, ", "));
  if (counted.bad_in_both > 0)
    text += fmt::format("; {} before and after",
                        util::format_count(counted.bad_in_both, "case fails", "cases fail"));
  return text + ".";
}

Answer answer_of(const Matrix& matrix) {
  using enum Answer::Word;
  if (const std::string text = unbuilt(matrix); !text.empty()) return {cannot_tell, text};
  Counted counted;
  for (const Column& column : matrix.columns)
    count(matrix, column, counted);
  for (const MetricColumn& column : matrix.metrics)
    if (is_worse(column.figures[1]))
      counted.worse.push_back(fmt::format("{} {}", title_of(matrix, column), column.metric));
  if (!counted.worse.empty())
    return {worse, fmt::format("Worse: {}.", fmt::join(counted.worse, ", "))};
  if (!counted.untold.empty())
    return {cannot_tell, fmt::format("Cannot tell of {}.", fmt::join(counted.untold, ", "))};
  if (counted.told == 0)
    return {cannot_tell, "Cannot tell: no case proved anything on both kernels."};
  return {not_worse, text_of_not_worse(counted)};
}

}  // namespace kproof::series
