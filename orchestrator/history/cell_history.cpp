#include "history/cell_history.hpp"

#include <algorithm>
#include <array>

#include "history/symptoms.hpp"
#include "history/traces.hpp"

namespace kproof::history {

std::string_view to_string(State state) {
  static constexpr std::array<std::string_view, 7> kWords{
      "introduced", "fixed", "more often", "less often", "always", "flaky", "new"};
  return kWords.at(static_cast<std::size_t>(state));
}

bool is_regression(State state) {
  return state == State::introduced || state == State::more_often;
}

static std::vector<Moment> moments_of(const std::vector<Observation>& observations) {
  std::vector<Moment> moments;
  for (const Observation& one : observations) {
    if (!moments.empty() && moments.back().run == one.run) continue;
    const Kernel& kernel = one.cell.kernel;
    moments.push_back({one.run, one.run_started,
                       kernel.origin.empty() ? kernel.release : kernel.origin, one.directory});
  }
  return moments;
}

static compare::Standing worse(compare::Standing a, compare::Standing b) {
  using compare::Standing;
  for (const Standing one : {Standing::unexpected, Standing::host})
    if (a == one || b == one) return one;
  return Standing::expected;
}

static std::vector<Outage> outages_of(const Moments& moments) {
  std::vector<Outage> outages;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    if (std::ranges::any_of(moments[i], proves)) continue;
    const Cell& first = moments[i].front()->cell;
    const bool goes_on = !outages.empty() && outages.back().to + 1 == i;
    if (!goes_on) outages.push_back({i, i, first.verdict, first.reason});
    outages.back().to = i;
    for (const Observation* one : moments[i])
      outages.back().standing = worse(outages.back().standing, one->cell.standing);
  }
  return outages;
}

CellHistory history_of(const std::string& cell, const std::vector<Observation>& observations,
                       const Question& question) {
  CellHistory past{.cell = cell, .moments = moments_of(observations)};
  Moments moments;
  for (const Observation& one : observations) {
    if (moments.empty() || moments.back().front()->run != one.run) moments.emplace_back();
    moments.back().push_back(&one);
    past.proven += proves(&one);
    past.bad += one.cell.says == compare::Says::bad;
  }
  past.outages = outages_of(moments);
  if (question.metric.empty()) past.symptoms = symptoms_of(moments, question.finding);
  if (question.finding.empty()) past.traces = traces_of(moments, question);
  return past;
}

}  // namespace kproof::history
