#include "series/difference.hpp"

#include <algorithm>

namespace kproof::series {
using compare::Sign;
using Signs = std::set<Sign>;

static bool has(const Signs& signs, const Sign& one) {
  return std::ranges::any_of(signs, [&](const Sign& other) { return same(one, other); });
}

static std::vector<Sign> without(const Signs& all, const Signs& others) {
  std::vector<Sign> rest;
  for (const Sign& sign : all)
    if (!has(others, sign)) rest.push_back(sign);
  return rest;
}

static bool skips(const State& state, const Sign& failed) {
  return failed.kind == Sign::Kind::failed &&
         state.ever.contains({Sign::Kind::skipped, failed.name, ""});
}

static bool is_proven_fix(const State& before, const State& now) {
  return std::ranges::none_of(before.ever, [&](const Sign& sign) { return skips(now, sign); });
}

static bool is_wrong(const Sign& sign) {
  return sign.kind == Sign::Kind::finding || sign.kind == Sign::Kind::failed;
}

// Something that is wrong now could have been seen before.
static bool is_proven_fault(const State& before, const State& now) {
  bool fails = false, seen = false;
  for (const Sign& sign : now.ever) {
    if (!is_wrong(sign)) continue;
    fails = true;
    seen |= !has(before.ever, sign) && !skips(before, sign);
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
  const bool like = entry.gone.empty() && entry.appeared.empty() && entry.absent.empty();
  return like ? Change::unchanged : Change::changed;
}

// The nearest row above that says something.
static std::optional<std::size_t> comparable(const std::vector<State>& states, std::size_t row) {
  while (row-- > 0)
    if (states[row].kind != Kind::absent && states[row].kind != Kind::unproven) return row;
  return std::nullopt;
}

// A finding was seen, whatever became of the cell.
static void compare_unproven(Entry& entry, const std::vector<State>& states, std::size_t row) {
  const auto above = comparable(states, row);
  if (row > 0) entry.appeared = without(states[row].ever, above ? states[*above].ever : Signs{});
  if (row > 0 && states[row - 1].verdict == states[row].verdict) {
    entry.change = Change::unchanged;
    entry.against = row - 1;
    return;
  }
  entry.against = above;
  if (above && states[*above].kind == Kind::good) entry.change = Change::lost;
}

static std::vector<std::string> absent_from(const State& now, const State& before) {
  std::vector<std::string> absent;
  if (now.to_its_end)
    std::ranges::set_difference(before.seen, now.listed, std::back_inserter(absent));
  return absent;
}

Entry entry_of(const std::vector<State>& states, std::size_t row) {
  const State& now = states[row];
  Entry entry{.verdict = now.verdict,
              .reason = now.reason,
              .skipped = {now.skipped.begin(), now.skipped.end()},
              .expected = now.expected,
              .unproven = now.kind == Kind::unproven,
              .host = now.host};
  if (now.kind == Kind::absent) {
    entry.against = comparable(states, row);
    return entry;
  }
  if (now.kind == Kind::unproven) {
    compare_unproven(entry, states, row);
    return entry;
  }
  entry.against = comparable(states, row);
  const State nothing, &before = entry.against ? states[*entry.against] : nothing;
  if (row > 0) entry.appeared = without(now.ever, before.ever);
  if (entry.against) {
    entry.gone = without(before.always, now.ever);
    entry.absent = absent_from(now, before);
    entry.change = change_of(before, now, entry);
  } else if (now.kind == Kind::flaky) {
    entry.change = Change::flaky;
  }
  if (entry.change != Change::changed)  // the verdicts tell it
    for (auto* list : {&entry.gone, &entry.appeared})
      std::erase_if(*list, [](const Sign& sign) { return sign.kind == Sign::Kind::verdict; });
  return entry;
}

}  // namespace kproof::series
