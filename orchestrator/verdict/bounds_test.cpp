#include "verdict/bounds.hpp"

#include "verdict/scene.hpp"

using namespace kproof::verdict;
using Result = Subtest::Result;

// The scene's case has told `stall: 7 us`.
static Scene measured(const Bound& bound) {
  Scene s;
  s.report.metrics = {{"stall", 7, "us"}, {"calls", 2, ""}};
  CaseReport* const reports[] = {&s.report};
  apply_bounds({bound}, reports);
  return s;
}

TEST_CASE("a metric within its bounds is a subtest that is ok") {
  const Scene s =
      measured({.metric = "stall", .least = 1, .most = 7, .unit = "us", .place = "p.yaml:9:5"});
  REQUIRE(s.report.subtests.size() == 3);
  CHECK(s.report.subtests[2].name == "stall is 1 to 7 us");
  CHECK(s.report.subtests[2].diagnostic == "it is 7 us (p.yaml:9:5)");
  CHECK(s.judge().verdict == Verdict::pass);
}

TEST_CASE("a metric beyond its bound is a failure with the figure, though the case exits with 0") {
  const Scene s =
      measured({.metric = "stall", .most = 5.5, .reason = "patch 1 yields", .place = "p.yaml:9:5"});
  check(s, "not-ok", Verdict::fail, Blame::kernel,
        "not ok: stall is at most 5.5 us; it is 7 us (p.yaml:9:5: patch 1 yields)");
  CHECK(measured({.metric = "calls", .least = 3}).judge().reason ==
        "not ok: calls is at least 3; it is 2 ()");
}

TEST_CASE("a metric beyond its bound can be expected as any failed subtest") {
  Scene s = measured({.metric = "stall", .most = 5});
  s.expectation = {.verdict = Verdict::fail, .subtests = {"^stall is at most"}};
  CHECK(s.judge().expected);
  s.expectation.subtests = {"^write"};
  CHECK_FALSE(s.judge().expected);
}

TEST_CASE("a metric that was not told, or in another unit, is no pass") {
  const Scene none = measured({.metric = "stal", .most = 5, .place = "p.yaml:9:5"});
  check(none, "evidence", Verdict::miss, Blame::test,
        "evidence: metric stal unproven (the case told stall, calls; p.yaml:9:5)");
  const Scene other = measured({.metric = "stall", .most = 5, .unit = "ms", .place = "p.yaml:9:5"});
  check(other, "evidence", Verdict::miss, Blame::test,
        "evidence: metric stall unproven (it is in us, and the bound in ms; p.yaml:9:5)");
}

TEST_CASE("a bound makes no pass of a case that skipped all it had") {
  Scene s = measured({.metric = "stall", .most = 8});
  for (Subtest& subtest : s.report.subtests)
    if (!subtest.of_plan) subtest.result = Result::skip;
  CHECK(s.judge().verdict == Verdict::skip);
}

TEST_CASE("each level that told the metric has its own subtest") {
  CaseReport outer{.metrics = {{"stall", 1, "us", 1}}}, inner{.metrics = {{"stall", 9, "us", 2}}};
  CaseReport* const reports[] = {&outer, &inner};
  apply_bounds({{.metric = "stall", .most = 5}}, reports);
  CHECK(outer.subtests.at(0).result == Result::ok);
  CHECK(inner.subtests.at(0).result == Result::not_ok);
  CHECK(inner.subtests.at(0).level == 2);
  CHECK(outer.evidence.empty());
}
