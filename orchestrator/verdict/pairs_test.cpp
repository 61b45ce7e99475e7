// Which row may hide which: every pair of rows of the truth table, made to apply at once.
#include <algorithm>

#include <doctest/doctest.h>

#include "verdict/applied.hpp"
#include "verdict/scene.hpp"

using namespace kproof::verdict;
using namespace std::chrono_literals;

namespace {

struct Fault {
  RowId row;
  void (*spoil)(Scene&);
};

// Of a case that ended, also where another fault says that it did not.
CaseExit& exit_of(Scene& scene) {
  if (!scene.outcome.exit) scene.outcome.exit = CaseExit{};
  return *scene.outcome.exit;
}

const std::vector<Fault>& faults() {
  static const std::vector<Fault> kFaults{
      {RowId::crash, [](Scene& s) { s.observation.oopsed = true; }},
      {RowId::silent,
       [](Scene& s) {
         s.outcome.end = Silent{Phase::test, 15s};
       }},
      {RowId::kvm,
       [](Scene& s) {
         s.observation.level = 2;
         s.outcome.end = KvmFailed{Phase::test, "x"};
       }},
      {RowId::timeout, [](Scene& s) { exit_of(s).timed_out = true; }},
      {RowId::flood,
       [](Scene& s) {
         s.outcome.end = Flooded{Phase::test, 1};
       }},
      {RowId::poweroff, [](Scene& s) { s.outcome.end = PoweredOff{Phase::test}; }},
      {RowId::finding, [](Scene& s) { s.find("bad pud"); }},
      {RowId::taint,
       [](Scene& s) {
         s.outcome.taint = Taint{0, 512};
       }},
      {RowId::not_ok, [](Scene& s) { s.report.subtests[0].result = Subtest::Result::not_ok; }},
      {RowId::host,
       [](Scene& s) {
         s.outcome.end = HostFault{Phase::test, "x"};
       }},
      {RowId::unproven,
       [](Scene& s) {
         s.outcome.end = Unproven{Phase::poweroff, "x"};
       }},
      {RowId::unreachable,
       [](Scene& s) {
         s.outcome.end = Unreachable{Phase::test, "x"};
       }},
      {RowId::agent,
       [](Scene& s) {
         s.outcome.end = BadAgent{Phase::test, "x"};
       }},
      {RowId::blind, [](Scene& s) { s.observation.canaries.clear(); }},
      {RowId::unmet, [](Scene& s) { s.observation.unmet = {"x"}; }},
      {RowId::prepare, [](Scene& s) { s.outcome.prepare_errors = {"x"}; }},
      {RowId::outer, [](Scene& s) { s.outcome.end = OuterGone{}; }},
      {RowId::no_exit, [](Scene& s) { s.outcome.exit.reset(); }},
      {RowId::signal, [](Scene& s) { exit_of(s).signal = 11; }},
      {RowId::malformed, [](Scene& s) { s.report.malformed = "x"; }},
      {RowId::exit_code, [](Scene& s) { exit_of(s).exit_code = 7; }},
      {RowId::bail_out, [](Scene& s) { s.report.bail_out = "x"; }},
      {RowId::whole_skip, [](Scene& s) { s.report.skip_reason = "x"; }},
      {RowId::evidence, [](Scene& s) { s.report.evidence.clear(); }},
      {RowId::nothing, [](Scene& s) { s.report.subtests.clear(); }},
  };
  return kFaults;
}

bool applies(const std::vector<Applied>& applied, RowId row) {
  return std::ranges::any_of(applied, [&](const Applied& a) { return a.row->id == row; });
}

// Calls `check(scene, applied)` for each two rows that can apply at once.
std::size_t each_pair(auto check) {
  std::size_t pairs = 0;
  for (const Fault& one : faults())
    for (const Fault& other : faults()) {
      if (one.row >= other.row) continue;
      Scene scene;
      one.spoil(scene);
      other.spoil(scene);
      const auto applied = apply_all({&scene.observation, 1});
      if (!applies(applied, one.row) || !applies(applied, other.row)) continue;
      INFO(to_string(one.row), " and ", to_string(other.row));
      check(scene, applied);
      ++pairs;
    }
  return pairs;
}

}  // namespace

TEST_CASE("each row can be the one that applies") {
  for (const Fault& fault : faults()) {
    Scene scene;
    fault.spoil(scene);
    CAPTURE(to_string(fault.row));
    CHECK(applies(apply_all({&scene.observation, 1}), fault.row));
    CHECK(scene.judge().verdict != Verdict::pass);
    CHECK_FALSE(scene.judge().expected);
  }
}

TEST_CASE("a failure that was seen is hidden by no row that could not see or not go on") {
  const std::size_t pairs = each_pair([](const Scene& scene, const std::vector<Applied>& applied) {
    const bool failed =
        std::ranges::any_of(applied, [](const Applied& a) { return is_failure(a.row->id); });
    CHECK(is_failure(applied[0].row->id) == failed);
    const Verdict verdict = scene.judge().verdict;
    if (failed)
      CHECK((verdict == Verdict::crash || verdict == Verdict::hang || verdict == Verdict::fail));
    CHECK_FALSE(scene.judge().expected);
  });
  CHECK(pairs > 150);
}

TEST_CASE("findings and what was not ok stand in the reason, whichever row decides") {
  each_pair([](const Scene& scene, const std::vector<Applied>& applied) {
    const std::string reason = scene.judge().reason;
    if (applies(applied, RowId::finding)) CHECK(reason.find("finding: bad pud") != reason.npos);
    if (applies(applied, RowId::not_ok)) CHECK(reason.find("not ok: write") != reason.npos);
    if (applies(applied, RowId::host)) CHECK(reason.find("host fault") != reason.npos);
  });
}

TEST_CASE("of two failures the one that weighs more decides: crash, hang, fail") {
  const auto weight = [](Verdict verdict) {
    return verdict == Verdict::crash ? 2 : verdict == Verdict::hang ? 1 : 0;
  };
  each_pair([&](const Scene& scene, const std::vector<Applied>& applied) {
    for (const Applied& a : applied)
      if (is_failure(a.row->id)) CHECK(weight(scene.judge().verdict) >= weight(a.ruling.verdict));
  });
}

TEST_CASE("at two levels a failure of one is not hidden by what the other could not do") {
  for (const Fault& one : faults())
    for (const Fault& other : faults()) {
      Scene outer, inner;
      inner.observation.level = 2;
      one.spoil(outer);
      other.spoil(inner);
      const std::vector<Observation> levels{outer.observation, inner.observation};
      CAPTURE(to_string(one.row));
      CAPTURE(to_string(other.row));
      const auto applied = apply_all(levels);
      CHECK(is_failure(applied[0].row->id) == (is_failure(one.row) || is_failure(other.row)));
      const std::string reason = judge({}, levels).reason;
      for (const Applied& a : applied)
        if (a.row->id == RowId::finding || a.row->id == RowId::not_ok)
          CHECK(reason.find(a.ruling.reason) != reason.npos);
    }
}
