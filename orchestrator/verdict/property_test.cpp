// "Missing is never passing": over random observations, pass implies each condition of design.md.
#include <algorithm>
#include <random>

#include <doctest/doctest.h>

#include "verdict/judge.hpp"

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

GuestEnd random_end(Chance& chance) {
  if (chance.mostly()) return Orderly{};
  const auto phase = static_cast<Phase>(chance.below(5));
  switch (chance.below(8)) {
    case 0:
      return Panicked{phase};
    case 1:
      return Rebooted{phase};
    case 2:
      return PoweredOff{phase};
    case 3:
      return Silent{phase, kproof::util::Millis(1000)};
    case 4:
      return Flooded{phase, 1};
    case 5:
      return BadAgent{phase, "x"};
    case 6:
      return Unreachable{phase, "x"};
    default:
      return HostFault{phase, "x"};
  }
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
  if (chance.rarely()) o.evidence.push_back("b");
  if (chance.rarely()) o.findings.push_back({.title = "f", .panicked = chance.rarely()});
  for (const Source source : {Source::console, Source::kmsg})
    if (chance.mostly()) o.canaries.push_back({1, source, chance.mostly(), chance.mostly()});
  if (chance.rarely()) o.unmet = {"x"};
  if (chance.rarely()) o.lost_kmsg = 1;
  o.oopsed = chance.rarely();
  return o;
}

bool watched(const Observation& o, Source source) {
  return std::any_of(o.canaries.begin(), o.canaries.end(),
                     [&](const Canary& canary) { return canary.source == source; });
}

void check_pass(const Observation& o) {
  // The case said ok.
  REQUIRE(std::holds_alternative<Orderly>(o.outcome.end));
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
  // Every evidence that it declares was proven.
  for (const auto& name : o.evidence)
    CHECK(std::any_of(o.report.evidence.begin(), o.report.evidence.end(),
                      [&](const Evidence& e) { return e.name == name && e.proven; }));
  // No level shows a finding, and every canary was seen.
  CHECK(o.findings.empty());
  CHECK(!o.oopsed);
  CHECK(o.lost_kmsg == 0);
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

}  // namespace

TEST_CASE("missing is never passing") {
  unsigned passes = 0;
  for (unsigned seed = 0; seed < 50000; ++seed) {
    Chance chance(seed);
    const RunOutcome outcome = random_outcome(chance);
    const CaseReport report = random_report(chance);
    const Observation o = random_observation(chance, outcome, report);
    const Judgement judgement = kproof::verdict::judge({}, {&o, 1});
    CAPTURE(seed);
    CHECK(!judgement.reason.empty());
    CHECK(judgement.expected == (judgement.verdict == Verdict::pass));
    if (judgement.verdict == Verdict::pass) {
      check_pass(o);
      ++passes;
    }
    // A finding is never hidden: it decides, or it is named and nothing is as expected.
    if (!o.findings.empty()) CHECK(judgement.reason.find("finding: f") != std::string::npos);
  }
  // The property is not met for want of passes.
  CHECK(passes > 500);
}
