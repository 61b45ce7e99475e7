#include <doctest/doctest.h>

#include "bisect/steps.hpp"

using namespace kproof;
using namespace kproof::bisect;
using enum model::Verdict;

namespace {
model::CellResult cell(model::Verdict verdict, bool expected, const std::string& finding = "",
                       const std::string& test = "mm/a") {
  model::CellResult cell;
  cell.topology = "l1";
  cell.test = test;
  cell.judgement = {.verdict = verdict, .reason = "why", .expected = expected};
  if (!finding.empty()) cell.findings = {{.title = finding}};
  return cell;
}
const Signature kBadPud = signature_of({cell(fail, false, "bad pud")}, {cell(pass, true)});
}  // namespace

TEST_CASE("what is looked for is what --bad shows and --good does not") {
  CHECK(describe(kBadPud) == std::vector<std::string>{"mm/a l1: finding: bad pud"});
  auto bad = cell(fail, false, "bad pud");
  bad.findings.push_back({.title = "KASAN"});
  CHECK(describe(signature_of({bad}, {cell(fail, true, "bad pud")})) ==
        std::vector<std::string>{"mm/a l1: finding: KASAN"});
  CHECK(describe(signature_of({cell(hang, false)}, {cell(pass, true)})) ==
        std::vector<std::string>{"mm/a l1: verdict hang"});
  CHECK(signature_of({cell(fail, true, "x"), cell(miss, false)}, {}).empty());
}

TEST_CASE("a revision is bad only by the failure that is looked for, and skipped by another one") {
  CHECK(seen_in({cell(fail, false, "bad pud")}, kBadPud).outcome == Outcome::bad);
  CHECK(seen_in({cell(crash, false, "bad pud")}, kBadPud).outcome == Outcome::bad);
  const Seen other = seen_in({cell(crash, false, "KASAN")}, kBadPud);
  CHECK(other.outcome == Outcome::skipped);
  CHECK(other.reason == "fails otherwise than --bad: mm/a: crash: why");
  CHECK(seen_in({cell(pass, true)}, kBadPud).outcome == Outcome::good);
  CHECK(seen_in({cell(fail, true, "bad pud")}, kBadPud).outcome == Outcome::good);
}

TEST_CASE("a finding is the one looked for by its title or by its fingerprint") {
  auto bad = cell(fail, false, "WARNING in f"), moved = cell(fail, false, "WARNING in g");
  bad.findings[0].fingerprint = moved.findings[0].fingerprint = "11";
  const Signature signature = signature_of({bad}, {cell(pass, true)});
  CHECK(seen_in({moved}, signature).outcome == Outcome::bad);
  moved.findings[0].fingerprint = "22";
  CHECK(seen_in({moved}, signature).outcome == Outcome::skipped);
}

TEST_CASE("a second WARN of a function is looked for as such, wherever its line is") {
  const auto warns = [](std::vector<std::string> places) {
    auto one = cell(fail, false);
    for (std::string& place : places)
      one.findings.push_back(
          {.title = "WARNING in f", .fingerprint = "11", .place = std::move(place)});
    return one;
  };
  const Signature signature =
      signature_of({warns({"mm/a.c:9", "mm/a.c:90"})}, {warns({"mm/a.c:8"})});
  CHECK(describe(signature) ==
        std::vector<std::string>{"mm/a l1: finding: WARNING in f at another place (mm/a.c:90)"});
  CHECK(seen_in({warns({"mm/a.c:10", "mm/a.c:70"})}, signature).outcome == Outcome::bad);
  CHECK(seen_in({warns({"mm/a.c:90"})}, signature).outcome == Outcome::skipped);
  // One place that is reached in two ways is one.
  auto two_callers = warns({"mm/a.c:8", "mm/a.c:8"});
  two_callers.findings[1].fingerprint = "22";
  CHECK(seen_in({two_callers}, signature).outcome == Outcome::skipped);
  // Lines that only moved are nothing to look for.
  CHECK(describe(signature_of({warns({"mm/a.c:9"})}, {warns({"mm/a.c:8"})})) ==
        std::vector<std::string>{"mm/a l1: verdict fail"});
}

TEST_CASE("a failed subtest is a sign as a finding is") {
  using Result = model::Subtest::Result;
  auto bad = cell(fail, false), other = cell(fail, false);
  bad.subtests = {{"munmap", Result::not_ok, ""}, {"fork", Result::ok, ""}};
  other.subtests = {{"munmap", Result::ok, ""}, {"fork", Result::not_ok, ""}};
  const Signature signature = signature_of({bad}, {cell(pass, true)});
  CHECK(seen_in({bad}, signature).outcome == Outcome::bad);
  CHECK(seen_in({other}, signature).outcome == Outcome::skipped);
}

TEST_CASE("repetitions that disagree are bad, and told as flaky") {
  CHECK(
      seen_in({cell(pass, true), cell(fail, false, "bad pud"), cell(pass, true)}, kBadPud).reason ==
      "mm/a: fail: why (flaky: 1 of 3 repetitions)");
  CHECK(describe(signature_of({cell(fail, false, "x"), cell(pass, true)}, {cell(pass, true)})) ==
        std::vector<std::string>{"mm/a l1: finding: x; in 1 of 2 repetitions, so that a revision "
                                 "may look good by chance"});
}

TEST_CASE("what proves nothing skips a revision, unless another repetition shows the failure") {
  for (const model::Verdict verdict : {skip, miss, broken}) {
    CHECK(seen_in({cell(pass, true), cell(verdict, false)}, kBadPud).outcome == Outcome::skipped);
    CHECK(seen_in({cell(verdict, false), cell(fail, false, "bad pud")}, kBadPud).outcome ==
          Outcome::bad);
  }
  auto fault = cell(fail, false);
  fault.judgement.blame = model::Blame::test;
  CHECK(seen_in({fault}, kBadPud).outcome == Outcome::skipped);
  CHECK(seen_in({}, kBadPud).reason == "mm/a did not run");
}

TEST_CASE("other cases decide nothing, and are told") {
  const Seen seen = seen_in({cell(pass, true), cell(crash, false, "x", "mm/b")}, kBadPud);
  CHECK(seen.outcome == Outcome::good);
  CHECK(seen.reason == "1 cell is as the plan expects; not looked for: mm/b: crash: why");
}

TEST_CASE("a fix is looked for as a pass that the plan does not expect") {
  const Signature fixed = signature_of({cell(pass, false)}, {cell(fail, true, "bad pud")});
  CHECK(seen_in({cell(pass, false)}, fixed).outcome == Outcome::bad);
  CHECK(seen_in({cell(fail, true, "bad pud")}, fixed).outcome == Outcome::good);
}
