// One test a row of what a case said of itself, in its order.
#include <doctest/doctest.h>

#include "verdict/judge.hpp"
#include "verdict/scene.hpp"

using namespace kproof::verdict;
using Result = Subtest::Result;

TEST_CASE("pass: everything was seen and nothing is wrong") {
  const Scene s;
  check(s, "pass", Verdict::pass, Blame::none, "2 of 2 subtests ok, 0 skipped; 1 evidence proven");
}

TEST_CASE("pass: what was left out is named with its reason") {
  Scene s;
  s.report.subtests[1] = {"munmap of half", Result::skip, "no memory"};
  check(s, "pass", Verdict::pass, Blame::none,
        "1 of 2 subtests ok, 1 skipped (munmap of half: no memory); 1 evidence proven");
}

TEST_CASE("no-exit: a case whose end nobody reported is broken") {
  Scene s;
  s.outcome.exit.reset();
  check(s, "no-exit", Verdict::broken, Blame::host, "the agent never reported an end of the case");
}

TEST_CASE("signal: a case that dies is the test's fault, though its KTAP is cut off") {
  Scene s;
  s.outcome.exit->signal = 11;
  s.report.malformed = "1..4, but 2 results";
  check(s, "signal", Verdict::fail, Blame::test, "the case died by signal 11");
}

TEST_CASE("malformed: garbage is the test's fault") {
  Scene s;
  s.report = {.malformed = "line 1: no version"};
  check(s, "malformed", Verdict::fail, Blame::test,
        "the case printed no valid KTAP: line 1: no version");
}

TEST_CASE("bail-out: a precondition that could not be established is miss") {
  Scene s;
  s.report.bail_out = "no /dev/dax0.0";
  s.outcome.exit->exit_code = 2;
  check(s, "bail-out", Verdict::miss, Blame::test, "the case bailed out: no /dev/dax0.0");
}

TEST_CASE("not-ok: no way of not going on hides it, and the first one is named behind it") {
  const std::string not_ok = "not ok: write after PROT_READ faults";
  const auto reason = [](auto spoil) {
    Scene s;
    s.fail_subtest();
    spoil(s);
    CHECK(deciding_row({&s.observation, 1}) == "not-ok");
    CHECK(s.judge().blame == Blame::kernel);
    return s.judge().reason;
  };
  CHECK(reason([](Scene& s) {
          s.report.bail_out = "mmap: ENOMEM";
          s.outcome.exit->exit_code = 2;
        }) == not_ok + "; the case bailed out: mmap: ENOMEM");
  CHECK(reason([](Scene& s) {
          s.outcome.exit->signal = 11;
          s.report.malformed = "1..4, but 2 results";
        }) == not_ok + "; the case died by signal 11");
  CHECK(reason([](Scene& s) { s.report.malformed = "line 4: binary data"; }) ==
        not_ok + "; the case printed no valid KTAP: line 4: binary data");
  CHECK(reason([](Scene& s) { s.outcome.exit->exit_code = 0; }) ==
        not_ok + "; the case exited with 0, but its KTAP means 1");
  CHECK(reason([](Scene& s) { s.outcome.end = OuterGone{}; }) ==
        not_ok + "; the guest around it ended first");
  CHECK(reason([](Scene& s) { s.observation.lost_kmsg = 1; }) ==
        not_ok + "; 1 kmsg records were lost");
}

TEST_CASE("exit-code: kselftest's codes of a bail-out and of skips are right too") {
  Scene bailed, skipped;
  bailed.report.bail_out = "x";
  bailed.outcome.exit->exit_code = 1;
  CHECK(deciding_row({&bailed.observation, 1}) == "bail-out");
  bailed.outcome.exit->exit_code = 0;
  CHECK(deciding_row({&bailed.observation, 1}) == "exit-code");
  skipped.report.subtests = {{"fork", Result::skip, "no memory"}};
  skipped.outcome.exit->exit_code = 4;
  CHECK(deciding_row({&skipped.observation, 1}) == "nothing");
}

TEST_CASE("whole-skip: a case may say that it does not apply") {
  Scene s;
  s.report = {.skip_reason = "no THP"};
  s.outcome.exit->exit_code = 4;
  check(s, "whole-skip", Verdict::skip, Blame::none, "the case skipped itself: no THP");
}

TEST_CASE("not-ok: failed subtests are the kernel's fault and are named") {
  Scene s;
  s.fail_subtest();
  check(s, "not-ok", Verdict::fail, Blame::kernel, "not ok: write after PROT_READ faults");
  s.report.subtests[0].name = "";
  check(s, "not-ok", Verdict::fail, Blame::kernel, "not ok: subtest 1");
}

TEST_CASE("exit-code: one that contradicts the KTAP is the test's fault") {
  Scene s;
  s.outcome.exit->exit_code = 1;
  check(s, "exit-code", Verdict::fail, Blame::test, "the case exited with 1, but its KTAP means 0");
}

TEST_CASE("evidence: missing or unproven is miss, never pass") {
  Scene s;
  s.observation.evidence = {"mapping_is_pud", "accel_is_kvm"};
  s.report.evidence.push_back({"mapping_is_pud", false, "512 faults"});
  check(s, "evidence", Verdict::miss, Blame::test,
        "evidence: accel_is_kvm missing, mapping_is_pud unproven (512 faults)");
}

TEST_CASE("evidence: what a kernel does not take of the plan is its config's fault") {
  Scene s;
  s.report.evidence.push_back({"kernel_parameters", false, "no lockdeep", 1, true});
  check(s, "evidence", Verdict::miss, Blame::config,
        "evidence: kernel_parameters unproven (no lockdeep)");
  s.report.evidence.push_back({"mapping_is_pud", false, "512 faults"});
  check(s, "evidence", Verdict::miss, Blame::test,
        "evidence: kernel_parameters unproven (no lockdeep), mapping_is_pud unproven (512 faults)");
}

TEST_CASE("nothing: no subtests, or only skipped ones, is skip") {
  Scene s;
  s.report.subtests = {{"fork", Result::skip, "no memory"}};
  check(s, "nothing", Verdict::skip, Blame::test,
        "all subtests were skipped; the first of 1: no memory");
  s.report.subtests.clear();
  check(s, "nothing", Verdict::skip, Blame::test, "the case has no subtests");
}
