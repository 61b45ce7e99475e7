// What a case can do wrong: one run of plans/cases.yaml, looked at cell by cell.
#include <doctest/doctest.h>

#include "e2e/support.hpp"

namespace kproof::e2e::guest_cases_test {
using Titles = std::vector<std::string>;

static const Run& run() {
  static const Run run = run_plan(plan("cases"), fresh_directory("cases"));
  return run;
}

static std::string id_of(const std::string& name) {
  return "debian-6.1/l1/selftest/" + name;
}

static void ends(const std::string& name, const Ending& ending) {
  check_ending(run(), id_of(name), ending);
  CHECK(titles(cell(run(), id_of(name))) == Titles{});  // the kernel did nothing wrong
}

TEST_CASE("a run of bad cases ends whole, exits with 1 and leaves nothing running") {
  check_whole(run(), 1, 16);
}

TEST_CASE("a case that is well passes among all that are not") {
  ends("pass",
       {"pass", "none",
        "1 of 2 subtests ok, 1 skipped \\(two is not tried: one was enough\\); 1 evidence proven"});
  CHECK(cell(run(), id_of("pass")).at("expected") == true);
}

TEST_CASE("a case that dies by a signal fails, and its results up to there are kept") {
  ends("crash_sigsegv", {"fail", "test", "the case died by signal 11"});
  CHECK(cell(run(), id_of("crash_sigsegv")).at("subtests").size() == 1);
}

TEST_CASE("a case that prints garbage fails for it") {
  ends("garbage", {"fail", "test", "the case printed no valid KTAP: line 1: binary data"});
  CHECK(read_log(run(), cell(run(), id_of("garbage")), "ktap").size() == 65536);
}

TEST_CASE("a case whose results stop short of its plan fails, though it exited with 0") {
  ends("truncated", {"fail", "test", "the case printed no valid KTAP: .*after 1 of 3 results"});
}

TEST_CASE("a case that never ends is killed at its deadline, asleep or busy, deaf to SIGTERM") {
  const std::string reason =
      "the case did not end before its deadline: the agent answers, the case (sleeps|runs) for "
      "ever: .*";
  for (const char* name : {"never_ends", "spin_never_ends"}) {
    ends(name, {"hang", "test", reason, 60});  // 3 s, to answer a ping, and to be looked at
    CHECK(seconds_in(cell(run(), id_of(name)), "test") >= 3);
  }
}

TEST_CASE("a case that bails out misses its precondition, and the call that failed is named") {
  ends("bails_out",
       {"miss", "test", R"(the case bailed out: .*open\(/nowhere/at/all\): ENOENT.*)"});
}

TEST_CASE("a case that skips itself is a skip for its own reason") {
  ends("skips", {"skip", "none", "the case skipped itself: this machine has no tea"});
}

TEST_CASE("a case that passes without its evidence is a miss that names the evidence") {
  ends("no_evidence", {"miss", "test", "evidence: never_proven missing"});
}

TEST_CASE("a subtest that is not ok fails the cell and is named") {
  ends("not_ok", {"fail", "kernel", "not ok: one is two"});
  CHECK(failed_subtests(cell(run(), id_of("not_ok"))) == Titles{"one is two"});
}

TEST_CASE("an exit code that contradicts the results fails the cell") {
  ends("exits_with_3", {"fail", "test", "the case exited with 3, but its KTAP means 0"});
}

// An OOM kill is the kernel at its work; that the case had to be killed is the case's fault.
TEST_CASE("a case that eats all memory is ended by the OOM killer and fails, without a finding") {
  ends("eats_memory", {"fail", "test", "the case died by signal 9", 60});
  const std::string kmsg = read_log(run(), cell(run(), id_of("eats_memory")), "kmsg");
  CHECK(kmsg.find("Out of memory: Killed process") != kmsg.npos);
}

TEST_CASE("a child left behind with stdout open holds nothing up") {
  ends("leaves_orphan", {"pass", "none", "1 of 1 subtests ok.*", 3});
  CHECK(seconds_in(cell(run(), id_of("leaves_orphan")), "poweroff") <= 5);
}

TEST_CASE("kernel errors that a program prints are not the kernel's, wherever it prints them") {
  ends("fake_kernel_text", {"pass", "none", "1 of 1 subtests ok.*"});
  const Json& liar = cell(run(), id_of("fake_kernel_text"));
  for (const char* role : {"console", "kmsg", "ktap", "stderr"})
    CHECK(read_log(run(), liar, role).find("bad pud") != std::string::npos);
}

// 100 MB take a serial line of TCG some 5 to 10 minutes: the limit, 1 MB here, is what ends it.
TEST_CASE("a console that is flooded is cut at its limit, long before 100 MB") {
  ends("floods_console",
       {"fail", "test", "the console was flooded in phase test: [0-9]+ bytes", 60});
  const auto size = read_log(run(), cell(run(), id_of("floods_console")), "console").size();
  CHECK(size > 1 << 20);
  CHECK(size < 4 << 20);
}

TEST_CASE("100 MB on stdout are read to their end, 16 MB of them kept, and the reason says so") {
  ends("floods_stdout", {"fail", "test",
                         "the case printed no valid KTAP: it printed 100[0-9]{6} bytes; "
                         "the last 83[0-9]{6} were not kept"});
  CHECK(read_log(run(), cell(run(), id_of("floods_stdout")), "ktap").size() == 16 << 20);
}

}  // namespace kproof::e2e::guest_cases_test
