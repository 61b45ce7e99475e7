#include "series/state.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::series {
using compare::Proven;
using compare::Says;
using compare::Standing;
using model::CellResult;

static Kind kind_of(const std::vector<Proven>& views) {
  const auto any = [&](Says says) {
    return std::ranges::any_of(views, [&](const Proven& view) { return view.says == says; });
  };
  if (any(Says::bad)) return any(Says::good) ? Kind::flaky : Kind::bad;
  return any(Says::nothing) ? Kind::unproven : Kind::good;
}

static Says says_of(Kind kind) {
  return kind == Kind::good ? Says::good : kind == Kind::unproven ? Says::nothing : Says::bad;
}

// "pass"; "crash/fail"; "1/3 fail", "1/3 miss" where only so many of the repetitions say it.
static std::string verdict_of(const std::vector<Proven>& views, Kind kind) {
  std::set<std::string> verdicts;
  std::size_t count = 0;
  for (const Proven& view : views) {
    if (view.says != says_of(kind)) continue;
    verdicts.insert(view.verdict);
    ++count;
  }
  const std::string text = fmt::format("{}", fmt::join(verdicts, "/"));
  return count == views.size() ? text : fmt::format("{}/{} {}", count, views.size(), text);
}

// A skip, miss or broken stands for no subtest anyway.
static std::set<std::string> skipped_in(const CellResult& cell, const Proven& view) {
  if (view.says == Says::nothing) return {};
  const auto list = model::skipped_in(cell.subtests);
  return {list.begin(), list.end()};
}

template <class Item>
static void keep_common(std::set<Item>& set, const std::set<Item>& other) {
  std::erase_if(set, [&](const Item& item) { return !other.contains(item); });
}

static void add(State& state, const CellResult& cell, const Proven& view) {
  keep_common(state.always, view.signs);
  keep_common(state.seen, view.seen);
  state.ever.insert(view.signs.begin(), view.signs.end());
  state.skipped.merge(skipped_in(cell, view));
  for (std::size_t i = 0; i < cell.subtests.size(); ++i)
    state.listed.insert(model::name_of(cell.subtests, i));
  state.to_its_end = state.to_its_end && view.to_its_end;
  const Standing standing = compare::standing_of(cell.judgement);
  state.expected = state.expected && standing == Standing::expected;
  state.host = state.host && standing != Standing::unexpected;
  if (state.reason.empty() && view.says == says_of(state.kind) && state.kind != Kind::good)
    state.reason = cell.judgement.reason;
}

State state_of(const std::vector<const CellResult*>& repetitions) {
  if (repetitions.empty()) return {};
  std::vector<Proven> views;
  for (const CellResult* cell : repetitions)
    views.push_back(compare::proven(*cell));
  State state{.kind = kind_of(views)};
  state.verdict = verdict_of(views, state.kind);
  state.always = views.front().signs;
  state.seen = views.front().seen;
  state.to_its_end = state.expected = state.host = true;
  for (std::size_t i = 0; i < views.size(); ++i)
    add(state, *repetitions[i], views[i]);
  state.host = state.host && !state.expected;
  state.always = compare::numbered(state.always);
  state.ever = compare::numbered(state.ever);
  return state;
}

}  // namespace kproof::series
