#include "series/state.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::series {
using model::CellResult;
using model::Verdict;

static Kind kind_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return Kind::good;
    case Verdict::fail:
    case Verdict::crash:
    case Verdict::hang:
      return Kind::bad;
    default:
      return Kind::unproven;
  }
}

// By titles and names: they are the same in every run of the same problem.
static std::set<std::string> wrong_in(const CellResult& cell) {
  std::set<std::string> wrong;
  if (kind_of(cell.judgement.verdict) == Kind::bad)
    wrong.insert(fmt::format("verdict {}", to_string(cell.judgement.verdict)));
  for (const model::Finding& finding : cell.findings)
    wrong.insert("finding: " + finding.title);
  using Result = model::Subtest::Result;
  for (std::size_t i = 0; i < cell.subtests.size(); ++i)
    if (cell.subtests[i].result != Result::ok)
      wrong.insert((cell.subtests[i].result == Result::skip ? "skipped: " : "not ok: ") +
                   model::name_of(cell.subtests, i));
  return wrong;
}

// A skip, miss or broken stands for no subtest anyway.
static std::set<std::string> skipped_in(const CellResult& cell) {
  if (kind_of(cell.judgement.verdict) == Kind::unproven) return {};
  const auto list = model::skipped_in(cell.subtests);
  return {list.begin(), list.end()};
}

static void keep_common(std::set<std::string>& set, const std::set<std::string>& other) {
  std::erase_if(set, [&](const std::string& item) { return !other.contains(item); });
}

static Kind kind_of(const std::vector<const CellResult*>& repetitions) {
  const auto any = [&](Kind kind) {
    return std::any_of(repetitions.begin(), repetitions.end(), [&](const CellResult* cell) {
      return kind_of(cell->judgement.verdict) == kind;
    });
  };
  if (any(Kind::bad)) return any(Kind::good) ? Kind::flaky : Kind::bad;
  return any(Kind::unproven) ? Kind::unproven : Kind::good;
}

// "pass"; "crash/fail"; "1/3 fail", "1/3 miss" where only so many of the repetitions say it.
static std::string verdict_of(const std::vector<const CellResult*>& repetitions, Kind kind) {
  std::set<std::string> verdicts;
  std::ptrdiff_t count = 0;
  for (const CellResult* cell : repetitions) {
    const Kind mine = kind_of(cell->judgement.verdict);
    if (mine != kind && !(kind == Kind::flaky && mine == Kind::bad)) continue;
    verdicts.emplace(to_string(cell->judgement.verdict));
    ++count;
  }
  const std::string text = fmt::format("{}", fmt::join(verdicts, "/"));
  return count == std::ssize(repetitions)
             ? text
             : fmt::format("{}/{} {}", count, repetitions.size(), text);
}

State state_of(const std::vector<const CellResult*>& repetitions) {
  State state;
  if (repetitions.empty()) return state;
  state.kind = kind_of(repetitions);
  state.verdict = verdict_of(repetitions, state.kind);
  state.always = wrong_in(*repetitions.front());
  for (const CellResult* cell : repetitions) {
    const auto wrong = wrong_in(*cell);
    keep_common(state.always, wrong);
    state.ever.insert(wrong.begin(), wrong.end());
    state.skipped.merge(skipped_in(*cell));
  }
  state.expected = std::all_of(repetitions.begin(), repetitions.end(),
                               [](const CellResult* cell) { return cell->judgement.expected; });
  return state;
}

}  // namespace kproof::series
