#include "bisect/flaky.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::bisect;
using enum model::Verdict;
using Kind = Ends::Kind;

static model::CellResult ended(model::Verdict verdict, const std::string& finding = "") {
  model::CellResult cell;
  cell.topology = "l1";
  cell.test = "mm/a";
  cell.judgement = {.verdict = verdict, .reason = "why", .expected = verdict == pass};
  if (!finding.empty()) cell.findings = {{.title = finding}};
  return cell;
}
static const model::CellResult kPass = ended(pass), kFail = ended(fail, "bad pud");

// syzkaller's bisection has the same figures (pkg/bisect): 7 runs at one half, 13 at .3, 44 at .1.
TEST_CASE("the rarer a failure, the more runs without it are asked for") {
  CHECK(runs_to_clear(3, 3) == 1);
  CHECK(runs_to_clear(1, 2) == 7);
  CHECK(runs_to_clear(3, 10) == 13);
  CHECK(runs_to_clear(1, 10) == 44);
  CHECK(runs_to_clear(1, 20) > kMostRuns);
}

TEST_CASE("ends differ where one shows what the other never does") {
  CHECK(compare_ends({kPass, kPass}, {kFail, kFail}).kind == Kind::differ);
  CHECK(compare_ends({kPass, kPass}, {kFail, kPass}).kind == Kind::differ);
  // A finding more than what the plan expects of both.
  auto known = kFail, more = kFail;
  known.judgement.expected = true;
  more.findings.push_back({.title = "KASAN"});
  CHECK(compare_ends({known}, {more}).kind == Kind::differ);
}

TEST_CASE("no difference is told as what it is") {
  const Ends passing = compare_ends({kPass}, {kPass});
  CHECK(passing.kind == Kind::alike);
  CHECK(passing.reason == "--bad does not fail: 1 cell is as the plan expects");
  const Ends failing = compare_ends({kFail, kFail}, {kFail, kFail});
  CHECK(failing.kind == Kind::alike);
  CHECK(failing.reason == "--good shows it, too: mm/a: fail: why");
}

TEST_CASE(
    "a good end that fails now and then makes the case flaky, and so does a bad end that "
    "hardly ever does") {
  CHECK(compare_ends({kFail, kPass, kPass}, {kFail, kFail, kFail}).kind == Kind::flaky);
  std::vector<model::CellResult> rare(20, kPass);
  rare[3] = kFail;
  CHECK(compare_ends({kPass}, rare).kind == Kind::flaky);
}

TEST_CASE("an end that proves nothing is no end") {
  CHECK(compare_ends({kPass}, {ended(miss)}).kind == Kind::unclear);
  CHECK(compare_ends({ended(broken)}, {kFail}).kind == Kind::unclear);
  CHECK(compare_ends({ended(crash, "other")}, {kFail}).kind == Kind::unclear);
}
