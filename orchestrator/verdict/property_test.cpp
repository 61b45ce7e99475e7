// "Missing is never passing": over random observations, pass implies each condition of design.md.
#include <algorithm>
#include <random>
#include <utility>

#include <doctest/doctest.h>

#include "verdict/applied.hpp"

using namespace kproof::model;
using kproof::verdict::Canary;
using kproof::verdict::Observation;

namespace {

// Decides each aspect of an observation by chance, in favour of what is well, so that passes occur.
class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  bool rarely() { return engine_() % 12 == 0; }
  bool mostly() { return !rarely(); }
  unsigned below(unsigned n) { return static_cast<unsigned>(engine_() % n); }

 private:
  std::mt19937 engine_;
};

// Of each kind: one that the model gets later makes this fail to compile.
template <std::size_t... kind>
GuestEnd end_of_kind(std::size_t wanted, Phase phase, std::index_sequence<kind...>) {
  GuestEnd end;
  const auto make = [&]<class End>(End*) {
    if constexpr (requires { End{phase, std::string("x")}; })
      end = End{phase, "x"};
    else if constexpr (requires { End{phase, std::size_t{1}}; })
      end = End{phase, std::size_t{1}};
    else if constexpr (requires { End{phase, kproof::util::Millis(1000)}; })
      end = End{phase, kproof::util::Millis(1000)};
    else if constexpr (requires { End{phase}; })
      end = End{phase};
    else
      end = End{};
  };
  ((kind == wanted ? make(static_cast<std::variant_alternative_t<kind, GuestEnd>*>(nullptr))
                   : void()),
   ...);
  return end;
}

GuestEnd random_end(Chance& chance) {
  constexpr std::size_t kKinds = std::variant_size_v<GuestEnd>;
  if (chance.mostly()) return Orderly{};
  return end_of_kind(chance.below(kKinds), static_cast<Phase>(chance.below(5)),
                     std::make_index_sequence<kKinds>());
}

RunOutcome random_outcome(Chance& chance) {
  RunOutcome outcome{.end = random_end(chance)};
  if (chance.mostly())
    outcome.exit = CaseExit{.exit_code = chance.rarely() ? static_cast<int>(chance.below(5)) : 0,
                            .signal = chance.rarely() ? 11 : 0,
                            .timed_out = chance.rarely()};
  if (chance.mostly()) outcome.taint = Taint{512, chance.rarely() ? 1ul << chance.below(19) : 512};
  if (chance.rarely()) outcome.prepare_errors = {"x"};
  return outcome;
}

CaseReport random_report(Chance& chance) {
  CaseReport report;
  for (unsigned n = chance.below(4); n > 0; --n) {
    const auto result =
        chance.mostly() ? Subtest::Result::ok : static_cast<Subtest::Result>(chance.below(3));
    report.subtests.push_back({chance.mostly() ? "s" : "", result, ""});
  }
  for (const char* name : {"a", "b"})
    if (chance.mostly()) report.evidence.push_back({name, chance.mostly(), ""});
  if (chance.rarely()) report.skip_reason = "x";
  if (chance.rarely()) report.bail_out = "x";
  if (chance.rarely()) report.malformed = "x";
  return report;
}

Observation random_observation(Chance& chance, const RunOutcome& outcome,
                               const CaseReport& report) {
  Observation o{.outcome = outcome, .report = report, .evidence = {"a"}};
  if (chance.rarely()) o.missing = {"x"};
  if (chance.rarely()) o.evidence.push_back("b");
  if (chance.rarely()) o.findings.push_back({.title = "f", .panicked = chance.rarely()});
  for (const Source source : {Source::console, Source::kmsg})
    if (chance.mostly()) o.canaries.push_back({1, source, chance.mostly(), chance.mostly()});
  if (chance.rarely()) o.unmet = {"x"};
  if (chance.rarely()) o.lost_kmsg = 1;
  if (chance.rarely()) o.left_out = 1;
  o.oopsed = chance.rarely();
  return o;
}

bool watched(const Observation& o, Source source) {
  return std::any_of(o.canaries.begin(), o.canaries.end(),
                     [&](const Canary& canary) { return canary.source == source; });
}

// What the case of a level must have said.
void check_case(const Observation& o) {
  REQUIRE(o.outcome.exit);
  CHECK(o.outcome.exit->exit_code == 0);
  CHECK(o.outcome.exit->signal == 0);
  CHECK(!o.outcome.exit->timed_out);
  CHECK(o.report.malformed + o.report.bail_out + o.report.skip_reason == "");
  bool ok = false;
  for (const auto& subtest : o.report.subtests) {
    CHECK(subtest.result != Subtest::Result::not_ok);
    ok |= subtest.result == Subtest::Result::ok;
  }
  CHECK(ok);
}

void check_pass(const Observation& o) {
  REQUIRE(std::holds_alternative<Orderly>(o.outcome.end));
  if (o.runs_case) check_case(o);
  // Every evidence that it declares was proven.
  for (const auto& name : o.evidence)
    CHECK(std::any_of(o.report.evidence.begin(), o.report.evidence.end(),
                      [&](const Evidence& e) { return e.name == name && e.proven; }));
  // No level shows a finding, and every canary was seen.
  CHECK(o.findings.empty());
  CHECK(!o.oopsed);
  CHECK(o.lost_kmsg == 0);
  CHECK(o.left_out == 0);
  CHECK(watched(o, Source::console));
  CHECK(watched(o, Source::kmsg));
  for (const auto& canary : o.canaries) {
    CHECK(canary.begin);
    CHECK(canary.end);
  }
  // No taint grew, and nothing was missing beforehand.
  REQUIRE(o.outcome.taint);
  CHECK((o.outcome.taint->after & ~o.outcome.taint->before) == 0);
  CHECK(o.unmet.empty());
  CHECK(o.outcome.prepare_errors.empty());
}

// A cell of one level or two, with an expectation, all by chance; the same for the same seed.
struct Cell {
  RunOutcome outcomes[2];
  CaseReport reports[2];
  std::vector<Observation> levels;
  Expectation expectation;

  explicit Cell(unsigned seed) {
    Chance chance(seed);
    const unsigned count = 1 + chance.below(2);
    for (unsigned i = 0; i < count; ++i) {
      outcomes[i] = random_outcome(chance);
      reports[i] = random_report(chance);
      levels.push_back(random_observation(chance, outcomes[i], reports[i]));
      levels[i].level = static_cast<int>(i) + 1;
      levels[i].runs_case = i + 1 == count || chance.mostly();
    }
    expectation = random_expectation(chance);
  }

  static Expectation random_expectation(Chance& chance) {
    Expectation e{.verdict = static_cast<Verdict>(chance.below(7))};
    if (chance.rarely()) e.also = {static_cast<Verdict>(chance.below(7))};
    for (auto* patterns : {&e.findings, &e.may_find})
      if (chance.below(2) == 0) *patterns = {"^f$"};
    for (auto* patterns : {&e.subtests, &e.may_fail})
      if (chance.below(2) == 0) *patterns = {"^s?$"};
    if (chance.rarely()) e.allow_skips = {"^s$"};
    if (chance.rarely()) e.reasons.skip = e.reasons.miss = e.reasons.hang = "x";
    return e;
  }

  Judgement plain() const { return kproof::verdict::judge({}, levels); }
  Judgement judge() const { return kproof::verdict::judge(expectation, levels); }
};

// One more fault, in any level.
void spoil(Cell& cell, Chance& chance) {
  const unsigned i = chance.below(static_cast<unsigned>(cell.levels.size()));
  Observation& o = cell.levels[i];
  RunOutcome& outcome = cell.outcomes[i];
  switch (chance.below(9)) {
    case 0:
      return o.findings.push_back({.title = "f"});
    case 1:
      return o.canaries.clear();
    case 2:
      return void(outcome.taint = Taint{0, 512});
    case 3:
      return cell.reports[i].subtests.push_back({"s", Subtest::Result::not_ok, ""});
    case 4:
      return cell.reports[i].evidence.clear();
    case 5:
      return void(o.lost_kmsg = 1);
    case 6:
      // A level without a case has no report to read.
      if (o.runs_case) return void(cell.reports[i].bail_out = "x");
      return void(o.unmet = {"x"});
    case 7:
      return void(o.oopsed = true);
    default:
      return void(outcome.prepare_errors = {"x"});
  }
}

// How bad it is: a pass, what proves nothing, a failure that was seen.
int badness(const Cell& cell) {
  const auto applied = kproof::verdict::apply_all(cell.levels);
  return applied.empty() ? 0 : kproof::verdict::is_failure(applied[0].row->id) ? 2 : 1;
}

constexpr unsigned kSeeds = 50000;

}  // namespace

TEST_CASE("missing is never passing") {
  unsigned passes = 0, nested = 0;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const Cell cell(seed);
    const Judgement judgement = cell.plain();
    CAPTURE(seed);
    CHECK(!judgement.reason.empty());
    if (judgement.expected) CHECK(judgement.verdict == Verdict::pass);
    if (judgement.verdict != Verdict::pass) continue;
    ++passes;
    nested += cell.levels.size() == 2;
    for (const Observation& o : cell.levels)
      check_pass(o);
  }
  // The property is not met for want of passes.
  CHECK(passes > 500);
  CHECK(nested > 100);
}

TEST_CASE("a finding and a failed subtest are in the reason, and never part of a better verdict") {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const Cell cell(seed);
    const Judgement judgement = cell.judge();
    CAPTURE(seed);
    for (const Observation& o : cell.levels) {
      const bool found = !o.findings.empty();
      const bool failed = std::ranges::any_of(o.report.subtests, [](const Subtest& subtest) {
        return subtest.result == Subtest::Result::not_ok;
      });
      if (found) CHECK(judgement.reason.find("finding: f") != std::string::npos);
      if (failed) CHECK(judgement.reason.find("not ok: ") != std::string::npos);
      if (found || failed) CHECK(badness(cell) == 2);
    }
  }
}

TEST_CASE("one more fault never makes a cell better, nor a plain one expected") {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    Cell cell(seed);
    const int before = badness(cell);
    Chance chance(seed + 1);
    spoil(cell, chance);
    CAPTURE(seed);
    CHECK(badness(cell) >= std::max(before, 1));
    CHECK_FALSE(cell.plain().expected);
  }
}

TEST_CASE("no expectation makes expected what it does not name, or what it names and nobody saw") {
  unsigned expected = 0;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    Cell found(seed), failed(seed);
    const Cell cell(seed);
    const Judgement judgement = cell.judge();
    CAPTURE(seed);
    expected += judgement.expected;
    if (judgement.expected) {
      CHECK(judgement.verdict != Verdict::broken);
      bool seen = false;
      for (const Observation& o : cell.levels)
        seen |= !o.findings.empty();
      const bool failure = badness(cell) == 2;
      if (failure && !cell.expectation.findings.empty()) CHECK(seen);
      if (!failure) CHECK_FALSE(seen);
    }
    const std::size_t i = seed % cell.levels.size();
    found.levels[i].findings.push_back({.title = "another"});
    CHECK_FALSE(found.judge().expected);
    failed.reports[i].subtests.push_back({"another", Subtest::Result::not_ok, ""});
    CHECK_FALSE(failed.judge().expected);
  }
  CHECK(expected > 500);
}
