#include "nights/events.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "compare/unit.hpp"
#include "history/text.hpp"

namespace kproof::nights {
using compare::Standing;
using history::CellHistory;
using history::Observation;
using history::State;
using history::Symptom;

// Of the moments of a history, with the kernels on both sides of its begin.
static Event event_at(const CellHistory& past, Kind kind, std::size_t since, std::size_t until) {
  const auto& moments = past.moments;
  return {.kind = kind,
          .cells = {past.cell},
          .what = {},
          .how = {},
          .since = night_of(moments[since].started),
          .least = {},
          .most = {},
          .until = night_of(moments[until].started),
          .kernel_before = since > 0 ? moments[since - 1].kernel : moments[since].kernel,
          .kernel = moments[since].kernel,
          .directory = moments[until].directory,
          .again = {}};
}

static void add_interval(Event& event, const CellHistory& past, std::size_t least,
                         std::size_t most) {
  event.least = night_of(past.moments[least].started);
  event.most = night_of(past.moments[most].started);
}

static bool shows(const Observation* one, const Symptom& symptom) {
  return std::ranges::any_of(one->cell.signs,
                             [&](const auto& sign) { return same(sign, symptom.sign); });
}

// In one night it was there and was not.
static bool is_contradicted(const Symptom& symptom, const std::vector<const Observation*>& last) {
  return std::ranges::any_of(last, [&](const Observation* one) {
    return one->cell.says != compare::Says::nothing && !shows(one, symptom);
  });
}

// Of a series not the verdicts of cells are the question, but what a patch changed.
static bool is_unexpected(const Observation* one) {
  return one->cell.standing == Standing::unexpected && one->kind != "series";
}

static bool is_flake(const Symptom& symptom, const std::vector<const Observation*>& last) {
  switch (symptom.state) {
    case State::flaky:
    case State::less_often:
      return true;
    case State::fresh:
      return is_contradicted(symptom, last);
    default:
      return false;
  }
}

bool is_real(const CellHistory& past, const std::vector<const Observation*>& last) {
  return std::ranges::any_of(last, [&](const Observation* one) {
    if (!is_unexpected(one)) return false;
    std::size_t shown = 0, flakes = 0;
    for (const Symptom& symptom : past.symptoms) {
      if (!shows(one, symptom)) continue;
      ++shown;
      flakes += is_flake(symptom, last);
    }
    return shown == 0 || flakes < shown;
  });
}

// Nothing where it is no news: what was always there, as the plan says.
static std::optional<Kind> kind_of(const Symptom& symptom,
                                   const std::vector<const Observation*>& last) {
  switch (symptom.state) {
    case State::introduced:
    case State::more_often:
      return Kind::regression;
    case State::fixed:
    case State::less_often:
      return Kind::mended;
    case State::fresh:
      return is_contradicted(symptom, last) ? Kind::flake : Kind::fresh;
    case State::flaky:
      return Kind::flake;
    case State::always:
      break;
  }
  const bool unexpected = std::ranges::any_of(
      last, [&](const Observation* one) { return is_unexpected(one) && shows(one, symptom); });
  return unexpected ? std::optional(Kind::standing) : std::nullopt;
}

// What is there now is told however old it is; what went or comes and goes, while it is new.
static bool is_old(Kind kind, const std::string& night, const std::string& first) {
  const bool is_over = kind == Kind::mended || kind == Kind::flake;
  return is_over && night < first;
}

static void add_symptoms(std::vector<Event>& events, const CellHistory& past,
                         const std::vector<const Observation*>& last, const std::string& first) {
  for (const Symptom& symptom : past.symptoms) {
    const auto kind = kind_of(symptom, last);
    if (!kind) continue;
    const bool changed = !symptom.changes.empty();
    const std::size_t since = changed ? symptom.changes.back().at : symptom.first;
    Event event = event_at(past, *kind, since, symptom.last);
    if (is_old(*kind, *kind == Kind::mended ? event.since : event.until, first)) continue;
    event.what = name_of(symptom);
    if (changed) {
      const stats::RateChange& change = symptom.changes.back();
      event.how =
          fmt::format("{} -> {}", history::rate(change.before), history::rate(change.behind));
      add_interval(event, past, change.least, change.most);
    } else {
      event.how = history::rate(symptom.all);
    }
    events.push_back(std::move(event));
  }
}

static void add_outages(std::vector<Event>& events, const CellHistory& past,
                        const std::string& first) {
  for (const history::Outage& outage : past.outages) {
    if (outage.standing == Standing::expected) continue;
    const Kind kind = outage.standing == Standing::host ? Kind::outage : Kind::lost;
    Event event = event_at(past, kind, outage.from, outage.to);
    if (event.until < first) continue;
    event.what = fmt::format("{}: {}", outage.verdict, outage.reason);
    events.push_back(std::move(event));
  }
}

static void add_figures(std::vector<Event>& events, const CellHistory& past,
                        const std::string& first) {
  for (const history::Trace& trace : past.traces)
    for (const stats::LevelChange& change : trace.changes) {
      const bool slower = compare::is_time(trace.unit) && change.behind > change.before &&
                          &change == &trace.changes.back();
      Event event = event_at(past, slower ? Kind::slower : Kind::figure, change.at,
                             trace.levels.back().moment);
      if (event.since < first) continue;
      event.what =
          trace.unit.empty() ? trace.metric : fmt::format("{} ({})", trace.metric, trace.unit);
      event.how = history::step(change);
      add_interval(event, past, change.least, change.most);
      events.push_back(std::move(event));
    }
}

std::vector<Event> events_of(const CellHistory& past, const std::vector<const Observation*>& last,
                             const std::string& first) {
  std::vector<Event> events;
  add_symptoms(events, past, last, first);
  add_outages(events, past, first);
  add_figures(events, past, first);
  return events;
}

}  // namespace kproof::nights
