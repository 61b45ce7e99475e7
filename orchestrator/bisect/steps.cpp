#include "bisect/steps.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "util/units.hpp"

namespace kproof::bisect {
using model::CellResult;

std::string_view to_string(Outcome outcome) {
  constexpr std::string_view kWords[] = {"good", "bad", "skipped"};
  return kWords[static_cast<std::size_t>(outcome)];
}

static bool proves_nothing(const CellResult& cell) {
  return compare::proven(cell).says == compare::Says::nothing;
}

static std::string tell(const CellResult& cell) {
  return fmt::format("{}: {}: {}", cell.test, compare::proven(cell).verdict, cell.judgement.reason);
}

static std::string tell_good(const std::vector<CellResult>& cells) {
  std::size_t decided = 0, skipped = 0;
  for (const CellResult& cell : cells) {
    decided += !proves_nothing(cell);
    skipped += model::skipped_in(cell.subtests).size();
  }
  return fmt::format(
      "{} {} as the plan expects{}", decided, decided == 1 ? "cell is" : "cells are",
      skipped == 0 ? "" : ", " + util::format_count(skipped, "subtest") + " skipped");
}

Seen seen_in(const std::vector<CellResult>& cells) {
  const auto unexpected = [&](bool nothing) {
    return std::ranges::find_if(cells, [&](const CellResult& cell) {
      return !cell.judgement.expected && proves_nothing(cell) == nothing;
    });
  };
  if (const auto bad = unexpected(false); bad != cells.end()) return {Outcome::bad, tell(*bad)};
  if (const auto open = unexpected(true); open != cells.end())
    return {Outcome::skipped, tell(*open)};
  if (std::ranges::all_of(cells, proves_nothing))
    return {Outcome::skipped, "no cell says anything"};
  return {Outcome::good, tell_good(cells)};
}

Range narrow(Range whole, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (step.seen.outcome == Outcome::bad) whole.bad = step.commit;
    if (step.seen.outcome == Outcome::good) whole.good.push_back(step.commit);
  }
  return whole;
}

static bool skipped(const std::vector<Step>& steps, const std::string& commit) {
  return std::any_of(steps.begin(), steps.end(), [&](const Step& step) {
    return step.commit == commit && step.seen.outcome == Outcome::skipped;
  });
}

static std::size_t skipped_in_a_row(const std::vector<Step>& steps) {
  const auto other = std::find_if(steps.rbegin(), steps.rend(), [](const Step& step) {
    return step.seen.outcome != Outcome::skipped;
  });
  return static_cast<std::size_t>(other - steps.rbegin());
}

// As git tells it (estimate_bisect_steps in its bisect.c).
static std::size_t estimate(std::size_t all) {
  if (all < 3) return 0;
  std::size_t n = 0;
  while (std::size_t{2} << n <= all)
    ++n;
  const std::size_t power = std::size_t{1} << n;
  return power < 3 * (all - power) ? n : n - 1;
}

Next next(const Range& range, const std::vector<Step>& steps,
          const std::vector<std::string>& order) {
  std::vector<std::string> untried, candidates;
  for (const std::string& commit : order) {
    if (commit == range.bad) continue;
    candidates.push_back(commit);
    if (!skipped(steps, commit)) untried.push_back(commit);
  }
  if (candidates.empty()) return Found{range.bad};
  candidates.push_back(range.bad);
  if (untried.empty()) return Undecided{candidates};
  const std::size_t away = std::min<std::size_t>(skipped_in_a_row(steps), 3);
  return Try{untried[untried.size() * away / 8], candidates.size(),
             estimate(candidates.size()) + 1};
}

}  // namespace kproof::bisect
