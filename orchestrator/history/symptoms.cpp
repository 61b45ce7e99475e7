#include "history/symptoms.hpp"

#include <algorithm>
#include <array>

#include "util/names.hpp"

namespace kproof::history {
using compare::Says;
using compare::Sign;

bool proves(const Observation* one) {
  return one->cell.says != Says::nothing;
}

static bool is_symptom(const Sign& sign) {
  return sign.kind == Sign::Kind::finding || sign.kind == Sign::Kind::known ||
         sign.kind == Sign::Kind::failed;
}

// Those of a cell: its verdict only where nothing else tells what is bad.
static std::vector<Sign> shown_by(const Cell& cell) {
  std::vector<Sign> signs;
  std::ranges::copy_if(cell.signs, std::back_inserter(signs), is_symptom);
  if (!signs.empty() || cell.says != Says::bad) return signs;
  std::ranges::copy_if(cell.signs, std::back_inserter(signs),
                       [](const Sign& sign) { return sign.kind == Sign::Kind::verdict; });
  return signs;
}

static const Sign* shows(const Cell& cell, const Sign& sign) {
  const auto found =
      std::ranges::find_if(cell.signs, [&](const Sign& one) { return same(one, sign); });
  return found == cell.signs.end() ? nullptr : &*found;
}

static bool could_show(const Cell& cell, const Sign& sign) {
  if (cell.says == Says::nothing) return false;
  if (sign.kind == Sign::Kind::failed)
    return std::ranges::find(cell.seen, sign.name) != cell.seen.end();
  return cell.to_its_end;
}

static std::vector<Sign> all_in(const Moments& moments, const std::string& wanted) {
  std::vector<Sign> signs;
  for (const auto& cells : moments)
    for (const Observation* one : cells)
      for (const Sign& sign : shown_by(one->cell)) {
        const bool asked = wanted.empty() || sign.fingerprint == wanted || sign.name == wanted ||
                           util::glob_match(wanted, sign.name);
        if (asked && std::ranges::none_of(signs, [&](const Sign& s) { return same(s, sign); }))
          signs.push_back(sign);
      }
  return signs;
}

static State state_of(const std::vector<stats::Tally>& tallies,
                      const std::vector<stats::RateChange>& changes, const stats::Tally& all) {
  if (!changes.empty()) {
    const stats::RateChange& last = changes.back();
    if (last.behind.rate() > last.before.rate())
      return last.before.failed == 0 ? State::introduced : State::more_often;
    return last.behind.failed == 0 ? State::fixed : State::less_often;
  }
  if (all.failed == all.of) return State::always;
  // Only at the end, and all of it there.
  auto tail = tallies.rbegin();
  std::size_t failed = 0;
  for (; tail != tallies.rend() && tail->failed == tail->of; ++tail)
    failed += tail->failed;
  return failed > 0 && failed == all.failed ? State::fresh : State::flaky;
}

static Symptom symptom_of(const Moments& moments, const Sign& sign) {
  Symptom symptom{.sign = sign};
  std::vector<stats::Tally> tallies;
  std::vector<std::size_t> places;  // the moment of each
  for (std::size_t i = 0; i < moments.size(); ++i) {
    stats::Tally tally;
    for (const Observation* one : moments[i]) {
      const Sign* shown = shows(one->cell, sign);
      tally.failed += shown != nullptr;
      tally.of += shown != nullptr || could_show(one->cell, sign);
      if (shown) symptom.known = shown->kind == Sign::Kind::known;
    }
    if (tally.of == 0) continue;
    if (tally.failed > 0 && symptom.all.failed == 0) symptom.first = i;
    if (tally.failed > 0) symptom.last = i;
    symptom.all.failed += tally.failed;
    symptom.all.of += tally.of;
    tallies.push_back(tally);
    places.push_back(i);
  }
  symptom.changes = stats::rate_changes(tallies);
  symptom.state = state_of(tallies, symptom.changes, symptom.all);
  for (stats::RateChange& change : symptom.changes) {
    change.at = places[change.at];
    change.least = places[change.least];
    change.most = places[change.most];
  }
  return symptom;
}

std::vector<Symptom> symptoms_of(const Moments& moments, const std::string& finding) {
  std::vector<Symptom> symptoms;
  for (const Sign& sign : all_in(moments, finding))
    symptoms.push_back(symptom_of(moments, sign));
  const auto weight = [](const Symptom& symptom) {
    static constexpr std::array kOrder{State::introduced, State::more_often, State::fresh,
                                       State::always,     State::flaky,      State::less_often,
                                       State::fixed};
    return std::ranges::find(kOrder, symptom.state) - kOrder.begin();
  };
  std::ranges::stable_sort(symptoms, {}, weight);
  return symptoms;
}

}  // namespace kproof::history
