#include "nights/overview.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <set>
#include <tuple>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "nights/events.hpp"
#include "util/units.hpp"

namespace kproof::nights {
using compare::Standing;
using history::Observation;

std::string_view to_string(Kind kind) {
  static constexpr std::array<std::string_view, kKinds> kWords{
      "regression", "new", "always", "slower", "figure", "proof lost", "outage", "flake", "mended"};
  return kWords.at(static_cast<std::size_t>(kind));
}

std::string night_of(const std::string& started) {
  std::tm time{};
  if (!::strptime(started.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time)) return "";
  constexpr std::time_t kHalfDay = 12 * 60 * 60;
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(::timegm(&time) + kHalfDay));
}

std::vector<std::string> nights_of(const std::vector<history::RunLine>& runs, std::size_t most) {
  std::set<std::string> names;
  for (const history::RunLine& run : runs)
    if (run.kind != history::kStep) names.insert(night_of(run.started));
  names.erase("");
  std::vector<std::string> nights(names.begin(), names.end());
  if (nights.size() > most)
    nights.erase(nights.begin(), nights.end() - static_cast<std::ptrdiff_t>(most));
  return nights;
}

static Mark mark_of(const history::Cell& cell) {
  if (cell.standing == Standing::unexpected) return Mark::unexpected;
  if (cell.standing == Standing::host) return Mark::host;
  return cell.verdict == "pass" ? Mark::pass : Mark::odd;
}

static std::vector<Square> squares_of(const std::vector<Observation>& observations,
                                      const std::vector<std::string>& nights) {
  std::vector<Square> squares(nights.size());
  for (const Observation& one : observations) {
    const std::string name = night_of(one.run_started);
    const auto night = std::ranges::lower_bound(nights, name);
    if (night == nights.end() || *night != name) continue;
    Square& square = squares[static_cast<std::size_t>(night - nights.begin())];
    if (const Mark mark = mark_of(one.cell); mark >= square.mark)
      square = {mark, one.cell.verdict, one.directory};
  }
  return squares;
}

static std::vector<std::string> command_again(const Observation& one) {
  const std::string& kernel = one.cell.kernel.name;
  if (one.kind != "run" || !one.cell.name.starts_with(kernel + "/")) return {};
  const std::string rest = one.cell.name.substr(kernel.size() + 1);
  const auto slash = rest.find('/');
  if (slash == rest.npos) return {};
  return {"kproof",
          "run",
          one.plan,
          "--kernel",
          kernel,
          "--topology",
          rest.substr(0, slash),
          "--case",
          rest.substr(slash + 1)};
}

Row row_of(const std::string& cell, const std::vector<Observation>& observations,
           const std::vector<std::string>& nights, const history::Question& question) {
  Row row{.past = history_of(cell, observations, question),
          .squares = squares_of(observations, nights),
          .events = {}};
  if (observations.empty() || nights.empty()) return row;
  const std::string night = night_of(observations.back().run_started);
  std::vector<const Observation*> last;
  for (const Observation& one : observations)
    if (night_of(one.run_started) == night) last.push_back(&one);
  row.events = events_of(row.past, last, nights.front());
  for (Event& event : row.events)
    event.again = command_again(*last.back());
  if (night != nights.back()) return row;
  row.is_real = is_real(row.past, last);
  row.is_host = std::ranges::any_of(
      last, [](const Observation* one) { return one->cell.standing == Standing::host; });
  return row;
}

static bool began_and_went_alike(const Event& a, const Event& b) {
  const auto key = [](const Event& e) {
    return std::tie(e.kind, e.since, e.until, e.least, e.most, e.how, e.kernel_before, e.kernel);
  };
  return key(a) == key(b);
}

// Of one history, told once for all cells that share it. Of an outage the words may differ.
static bool belong_together(const Event& a, const Event& b) {
  if (a.kind == Kind::outage)
    return b.kind == Kind::outage && a.since == b.since && a.until == b.until;
  return began_and_went_alike(a, b) && a.what == b.what;
}

// A fault shows as a finding and as subtests that are not ok: it is told once, by the first.
// Figures stand for themselves.
static void fold(std::vector<Event>& events) {
  std::vector<Event> folded;
  for (Event& event : events) {
    const bool is_symptom = event.kind != Kind::slower && event.kind != Kind::figure;
    const auto first = std::ranges::find_if(folded, [&](const Event& one) {
      return is_symptom && began_and_went_alike(one, event) && one.cells == event.cells;
    });
    if (first == folded.end())
      folded.push_back(std::move(event));
    else
      first->with.push_back(std::move(event.what));
  }
  events = std::move(folded);
}

Overview overview_of(std::vector<std::string> nights, std::vector<Row> rows) {
  std::erase_if(rows, [](const Row& row) {
    return std::ranges::all_of(row.squares,
                               [](const Square& one) { return one.mark == Mark::none; });
  });
  std::ranges::sort(rows, {}, [](const Row& row) { return row.past.cell; });
  Overview overview{std::move(nights), std::move(rows), {}};
  for (const Row& row : overview.rows)
    for (const Event& event : row.events) {
      const auto known = std::ranges::find_if(
          overview.events, [&](const Event& one) { return belong_together(one, event); });
      if (known == overview.events.end())
        overview.events.push_back(event);
      else
        known->cells.push_back(row.past.cell);
    }
  fold(overview.events);
  std::ranges::stable_sort(overview.events, [](const Event& a, const Event& b) {
    return std::tie(a.kind, b.since) < std::tie(b.kind, a.since);
  });
  return overview;
}

Ending ending_of(const Overview& overview) {
  Ending ending;
  const std::size_t nights = overview.nights.size();
  const std::string news = nights == 0 ? "" : overview.nights[nights - std::min(nights, kNews)];
  for (const Row& row : overview.rows) {
    if (row.is_real) ending.real.push_back(row.past.cell);
    ending.host |= row.is_host;
    if (std::ranges::any_of(row.events, [&](const Event& event) {
          return event.kind == Kind::slower && event.since >= news;
        }))
      ending.slower.push_back(row.past.cell);
  }
  return ending;
}

std::string sentence_of(const Ending& ending) {
  std::vector<std::string> parts;
  if (!ending.real.empty())
    parts.push_back(fmt::format("{} unexpected and real",
                                util::format_count(ending.real.size(), "cell is", "cells are")));
  if (!ending.slower.empty())
    parts.push_back(fmt::format(
        "{} slower", util::format_count(ending.slower.size(), "cell became", "cells became")));
  if (parts.empty()) parts.emplace_back("nothing is unexpected and real");
  if (ending.host) parts.emplace_back("the host was out of order for some");
  return fmt::format("Last night: {}.", fmt::join(parts, "; "));
}

static std::string counted(std::size_t count, Kind kind) {
  static constexpr std::array kNouns{Kind::regression, Kind::figure, Kind::outage, Kind::flake};
  const std::string word(to_string(kind));
  const bool noun = std::ranges::find(kNouns, kind) != kNouns.end();
  return util::format_count(count, word, noun ? word + "s" : word);
}

std::string totals_of(const std::vector<Event>& events) {
  std::array<std::size_t, kKinds> counts{};
  for (const Event& event : events)
    ++counts[static_cast<std::size_t>(event.kind)];
  std::vector<std::string> parts;
  for (std::size_t kind = 0; kind < kKinds; ++kind)
    if (counts[kind] > 0) parts.push_back(counted(counts[kind], static_cast<Kind>(kind)));
  return parts.empty() ? "nothing changed" : fmt::format("{}", fmt::join(parts, ", "));
}

Overview read(const history::Store& store, const std::vector<std::string>& cells,
              history::Question question, std::size_t most_nights) {
  auto nights = nights_of(store.runs(), most_nights);
  question.least_changes = store.least_changes();
  question.series = cells.size();
  std::vector<Row> rows;
  for (const std::string& cell : cells)
    rows.push_back(row_of(cell, store.observations(cell), nights, question));
  return overview_of(std::move(nights), std::move(rows));
}

}  // namespace kproof::nights
