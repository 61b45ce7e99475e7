// What is expected, and what is not.
#include <doctest/doctest.h>

#include "verdict/judge.hpp"
#include "verdict/scene.hpp"

using namespace kproof::verdict;
using namespace std::chrono_literals;
using Result = Subtest::Result;

TEST_CASE("a declared failure is expected when it is seen as declared") {
  Scene s;
  s.expect_bad_pud();
  s.find("bad pud");
  s.fail_subtest();
  CHECK(s.judge().expected);
  CHECK(s.judge().reason == "finding: bad pud; not ok: write after PROT_READ faults");
  s.outcome.taint = Taint{0, 512};
  CHECK(s.judge().expected);
}

TEST_CASE("a declared failure that does not happen is unexpected") {
  Scene s;
  s.expect_bad_pud();
  const Judgement judgement = s.judge();
  CHECK(judgement.verdict == Verdict::pass);
  CHECK(!judgement.expected);
  CHECK(judgement.reason ==
        "2 of 2 subtests ok, 0 skipped; 1 evidence proven; expected fail (p.yaml:20:5), but this "
        "is pass");
}

TEST_CASE("a failure other than the declared one is unexpected and says what differs") {
  const auto deviation = [](auto spoil) {
    Scene s;
    s.expect_bad_pud();
    s.find("bad pud");
    s.fail_subtest();
    spoil(s);
    const Judgement judgement = s.judge();
    CHECK(!judgement.expected);
    CHECK(judgement.verdict == Verdict::fail);
    const auto but = judgement.reason.find("but ");
    REQUIRE(but != std::string::npos);
    return judgement.reason.substr(but + 4);
  };
  CHECK(deviation([](Scene& s) { s.find("WARNING in f"); }) ==
        "finding `WARNING in f` was not expected");
  CHECK(deviation([](Scene& s) { s.observation.findings.clear(); }) ==
        "no finding matches `^bad pud$`");
  CHECK(deviation([](Scene& s) { s.report.subtests[1].result = Result::not_ok; }) ==
        "failed subtest `munmap of part of the range` was not expected");
  CHECK(deviation([](Scene& s) {
          s.report.subtests[0].result = Result::ok;
          s.outcome.exit->exit_code = 0;
        }) == "no failed subtest matches `^write after PROT_READ`");
  CHECK(deviation([](Scene& s) { s.report.evidence[0].proven = false; }) ==
        "evidence: mapping_is_pud unproven (1 fault)");
  CHECK(deviation([](Scene& s) { s.report.evidence.clear(); }) ==
        "evidence: mapping_is_pud missing");
  CHECK(deviation([](Scene& s) { s.observation.canaries[1].end = false; }) ==
        "the end canary was not seen on L1's kmsg");
  CHECK(deviation([](Scene& s) { s.outcome.exit->signal = 11; }) == "the case died by signal 11");
  CHECK(deviation([](Scene& s) {
          s.expectation.findings.clear();
          s.observation.findings.clear();
          s.outcome.taint = Taint{0, 512};
        }) == "the kernel's taint grew: W (kernel issued warning)");
}

TEST_CASE("a name of any length that a guest prints is compared at once, with any pattern") {
  Scene s;
  s.expectation = {.verdict = Verdict::fail, .findings = {"^(a+|b)*$"}};
  s.find(std::string(1 << 20, 'a') + "!");
  CHECK(s.judge().verdict == Verdict::fail);
  CHECK(!s.judge().expected);
}

TEST_CASE("an expected crash may leave the rest undone, but not its evidence") {
  Scene s;
  s.expectation = {.verdict = Verdict::crash, .findings = {"^kernel BUG in f$"}};
  s.find("kernel BUG in f", true);
  s.outcome = {.end = Panicked{Phase::test}};
  s.report.malformed = "1..4, but 2 results";
  s.observation.canaries = {{1, Source::console, true, false}, {1, Source::kmsg, true, false}};
  CHECK(s.judge().expected);
  s.report.evidence.clear();
  CHECK(!s.judge().expected);
}

TEST_CASE("an expected skip or miss does not cover a symptom of the kernel") {
  Scene s;
  s.expectation = {.verdict = Verdict::miss, .reason = "no hardware"};
  s.report.bail_out = "no /dev/dax0.0";
  s.outcome.exit->exit_code = 2;
  CHECK(s.judge().expected);
  s.report.subtests[0].result = Result::not_ok;
  CHECK(!s.judge().expected);
  Scene t;
  t.expectation = {.verdict = Verdict::skip, .reason = "6.1 has no such thing"};
  t.outcome = {};
  t.observation.unmet = {"kernel lacks CONFIG_X"};
  CHECK(t.judge().expected);
}

TEST_CASE("what may be seen need not be, and what must be seen must") {
  Scene s;
  s.expect_bad_pud();
  s.expectation.subtests.clear();
  s.expectation.may_fail = {"^write after PROT_READ"};
  s.find("bad pud");
  CHECK(s.judge().expected);
  s.fail_subtest();
  CHECK(s.judge().expected);
  s.report.subtests[1].result = Result::not_ok;
  CHECK_FALSE(s.judge().expected);
  Scene t;
  t.expect_bad_pud();
  t.expectation.may_find = {"^bad pmd$"};
  t.find("bad pmd");
  t.fail_subtest();
  CHECK_FALSE(t.judge().expected);
}

TEST_CASE("any verdict of a list will do, and each is held to what may be seen") {
  Scene s;
  s.expectation = {.verdict = Verdict::pass, .also = {Verdict::fail}, .may_find = {"^bad pud$"}};
  CHECK(s.judge().expected);
  s.find("bad pud");
  CHECK(s.judge().expected);
  s.find("bad pmd");
  CHECK_FALSE(s.judge().expected);
  CHECK(
      s.judge().reason.ends_with("expected pass or fail, but finding `bad pmd` was not expected"));
}

TEST_CASE("a finding that is known and declared is both") {
  Scene s;
  s.expect_bad_pud();
  s.find("bad pud");
  s.fail_subtest();
  s.observation.findings[0].known = {"link", "reason", "2027-01-31", "known.yaml:3:5", false};
  CHECK(s.judge().expected);
}

TEST_CASE("a taint is what the findings beside it left, declared or known, and nothing more") {
  Scene s;
  s.expectation = {.verdict = Verdict::fail, .subtests = {"^write after PROT_READ"}};
  s.fail_subtest();
  s.find("WARNING in f");
  s.outcome.taint = Taint{0, 1u << 9};
  CHECK_FALSE(s.judge().expected);
  s.observation.findings[0].known = {"link", "reason", "2027-01-31", "known.yaml:3:5", false};
  CHECK(s.judge().expected);
  s.outcome.taint = Taint{0, 1u << 9 | 1u << 4};
  CHECK_FALSE(s.judge().expected);
}

TEST_CASE("an expected skip, miss or hang is the one whose reason was named") {
  Scene s;
  s.expectation = {.verdict = Verdict::skip, .reasons = {.skip = "one SPTE"}};
  s.report = {.skip_reason = "the TDP MMU has one SPTE for a page"};
  s.outcome.exit->exit_code = 4;
  CHECK(s.judge().expected);
  s.report.skip_reason = "no module kvm_amd";
  CHECK(s.judge().reason ==
        "the case skipped itself: no module kvm_amd; expected skip, but its reason does not match "
        "`one SPTE`");
  Scene hang;
  hang.expectation = {.verdict = Verdict::hang, .reasons = {.hang = "deadline"}};
  hang.outcome.end = Silent{Phase::test, 15s};
  CHECK_FALSE(hang.judge().expected);
}

TEST_CASE("a pass that stands for less than it leaves out is unexpected, unless that is allowed") {
  Scene s;
  for (const char* name : {"a", "b", "c"})
    s.report.subtests.push_back({name, Result::skip, "no memory"});
  CHECK(s.judge().verdict == Verdict::pass);
  CHECK(s.judge().reason.ends_with(
      "expected pass, but 3 of 5 subtests were skipped, and no `allow_skips` says so"));
  s.expectation.allow_skips = {"^[ab]$"};
  CHECK(s.judge().reason.ends_with("expected pass, but subtest `c` was skipped: no memory"));
  s.expectation.allow_skips = {"^[abc]$"};
  CHECK(s.judge().expected);
}

TEST_CASE("a failure as declared stands for no more than a pass does") {
  Scene s;
  s.expect_bad_pud();
  s.find("bad pud");
  s.fail_subtest();
  CHECK(s.judge().expected);
  for (const char* name : {"a", "b", "c"})
    s.report.subtests.push_back({name, Result::skip, "no memory"});
  CHECK(s.judge().reason.ends_with("3 of 5 subtests were skipped, and no `allow_skips` says so"));
}

TEST_CASE("broken is never expected") {
  Scene s;
  s.expectation.verdict = Verdict::broken;
  s.outcome = {};
  CHECK(!s.judge().expected);
}
