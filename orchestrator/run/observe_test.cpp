#include "run/observe.hpp"

#include <doctest/doctest.h>

#include "agent/messages.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::run;

static model::Finding finding(const char* title, std::size_t line) {
  model::Finding made;
  made.title = title;
  made.start_line = made.end_line = line;
  return made;
}

TEST_CASE("a problem that console and kmsg both show is one finding, the console's") {
  const auto merged = merge_findings({finding("bad pud", 10)}, {finding("bad pud", 99)}, 50);
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].end_line == 10);
}

TEST_CASE("kmsg adds what the console did not show") {
  CHECK(merge_findings({}, {finding("bad pud", 1)}, 50).size() == 1);
}

static model::Finding hung_task(const char* title, const char* first_line, bool corrupted) {
  model::Finding made = finding(title, 10);
  made.excerpt = std::string(first_line) + "\n  and more";
  made.corrupted = corrupted;
  return made;
}

TEST_CASE("two places are two findings, of whichever log, and a torn header is at either") {
  const model::Finding first{.title = "WARNING in f", .fingerprint = "1", .place = "mm/a.c:1"},
      second{.title = "WARNING in f", .fingerprint = "1", .place = "mm/a.c:2"},
      torn{.title = "WARNING in f", .fingerprint = "1"};
  CHECK(merge_findings({first}, {second}, 0).size() == 2);
  CHECK(merge_findings({first}, {first, second}, 0).size() == 2);
  CHECK(merge_findings({torn}, {first}, 0).size() == 1);
}

TEST_CASE("a report that one of the logs has cut is the one that the other has whole") {
  const char *stamped = "[  129.968858] INFO: task a:38 blocked for more than 28 seconds.\r",
             *record = "INFO: task a:38 blocked for more than 28 seconds.",
             *another = "INFO: task b:39 blocked for more than 28 seconds.";
  const auto whole_on_console = merge_findings({hung_task("in do_exit", stamped, false)},
                                               {hung_task("in corrupted", record, true)}, 0);
  REQUIRE(whole_on_console.size() == 1);
  CHECK(whole_on_console[0].title == "in do_exit");
  const auto whole_in_kmsg = merge_findings({hung_task("in corrupted", stamped, true)},
                                            {hung_task("in do_exit", record, false)}, 0);
  REQUIRE(whole_in_kmsg.size() == 1);
  CHECK(whole_in_kmsg[0].title == "in do_exit");
  CHECK(merge_findings({hung_task("in do_exit", stamped, false)},
                       {hung_task("in corrupted", another, true)}, 0)
            .size() == 2);
}

TEST_CASE("a forged report does not stand for the kernel's own, however much more it shows") {
  const char* line = "INFO: task a:38 blocked for more than 28 seconds.";
  const auto merged = merge_findings({hung_task("forged", line, false)},
                                     {hung_task("in corrupted", line, true)}, 50);
  REQUIRE(merged.size() == 1);
  CHECK(merged[0].title == "in corrupted");
}

TEST_CASE("a finding that only the console has is forged while kmsg is whole, and real otherwise") {
  CHECK(merge_findings({finding("bad pud", 10)}, {}, 50).empty());
  CHECK(merge_findings({finding("bad pud", 60)}, {}, 50).size() == 1);  // after the end canary
  CHECK(merge_findings({finding("bad pud", 10)}, {}, 0).size() ==
        1);  // kmsg ended early or lost records
}

TEST_CASE("logs are read back with their canaries, and what user space wrote is not the kernel's") {
  const util::ScratchDir dir("kproof-test-");
  const LevelFiles files{dir.path()};
  util::write_file_atomically(
      files.console(),
      "[    1.000000] kproof-canary n1 begin\r\n"
      "[    1.500000] mm/pgtable-generic.c:39: bad pud 0000(84e7)\r\n"
      "[    1.600000] BUG: a program says so through /dev/kmsg\r\n"
      "[    1.700000] BUG: unable to handle kernel NULL pointer dereference, says a program\r\n"
      "[    2.000000] kproof-canary n1 end\r\n");
  util::write_file_atomically(files.kmsg(),
                              "12,0,1000000,-;kproof-canary n1 begin\n"
                              "3,1,1500000,-;mm/pgtable-generic.c:39: bad pud 0000(84e7)\n"
                              "12,2,1600000,-;BUG: a program says so through /dev/kmsg\n"
                              "12,3,2000000,-;kproof-canary n1 end\n");
  const Observed seen = observe(files, "n1");
  REQUIRE(seen.findings.size() == 1);
  CHECK(seen.findings[0].title == "bad pud");
  for (const verdict::Canary& canary : seen.canaries)
    CHECK((canary.begin && canary.end));
  CHECK(!seen.oopsed);
}

TEST_CASE("logs that do not exist are empty: no canary was seen") {
  const util::ScratchDir dir("kproof-test-");
  for (const verdict::Canary& canary : observe(LevelFiles{dir.path()}, "n1").canaries)
    CHECK(!canary.begin);
}

TEST_CASE("output that was not kept whole is no document, however well it looks") {
  const util::ScratchDir scratch("kproof-observe-test-");
  const LevelFiles files{scratch.path()};
  util::write_file_atomically(files.ktap(), "KTAP version 1\n1..1\nok 1 a\n");
  CHECK(observe(files, "n").report.malformed.empty());
  const Observed cut = observe(files, "n", 5);
  CHECK(cut.report.malformed == "it printed 32 bytes; the last 5 were not kept");
  CHECK(cut.report.subtests.size() == 1);
}
