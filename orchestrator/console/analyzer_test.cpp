#include "console/analyzer.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "console/kmsg.hpp"
#include "console/whole_log.hpp"

using namespace kproof::console;
using kproof::model::Finding;

static const std::string kBadPud =
    "mm/pgtable-generic.c:39: bad pud 00000000f3a1c2d4(84000001400008e7)";

static Options ours() {
  Options options;
  options.stamps = Stamps::required;
  return options;
}

TEST_CASE("the one bare line of a bad pud is found") {
  const Analyzer analyzer = analyze("[    4.683623] " + kBadPud + "\n", ours());
  REQUIRE(titles(analyzer) == Titles{"bad pud"});
  const Finding finding = analyzer.findings()[0];
  CHECK(finding.type == "MEMORY_SAFETY_BUG");
  CHECK(finding.start_line == 1);
  CHECK(finding.end_line == 1);
  CHECK(finding.excerpt == "[    4.683623] " + kBadPud + "\n");
  CHECK_FALSE(finding.corrupted);
}

TEST_CASE("a bad pud is found on the last line, without newline, and glued to a program's output") {
  CHECK(titles(analyze("x\n[    4.683623] " + kBadPud, ours())) == Titles{"bad pud"});
  CHECK(titles(analyze("progress: 42%[    4.683623] " + kBadPud + "\n", ours())) ==
        Titles{"bad pud"});
}

TEST_CASE("a bad pud in the middle of another report is a finding of its own") {
  const std::string log =
      "[    1.000000] WARNING: CPU: 1 PID: 8 at mm/rmap.c:1 page_add+0x1/0x2\n"
      "[    1.000001] Call Trace:\n[    1.000002] " +
      kBadPud + "\n[    1.000003]  page_add+0x1/0x2\n";
  CHECK(titles(analyze(log, ours())) == Titles{"WARNING in page_add", "bad pud"});
}

TEST_CASE("a guest's line without a time stamp was printed by a program") {
  CHECK(titles(analyze(kBadPud + "\n", ours())).empty());
  CHECK(titles(analyze("Kernel panic - not syncing: joke\n", ours())).empty());
  CHECK_FALSE(analyze("Kernel panic - not syncing: joke\n", ours()).facts().panicked);
}

TEST_CASE("a foreign log needs no time stamps") {
  CHECK(titles(analyze(kBadPud + "\n")) == Titles{"bad pud"});
  CHECK(titles(analyze("[    1.000000] Run /init\n" + kBadPud + "\n")) == Titles{"bad pud"});
  CHECK(titles(analyze(kBadPud + "\n[    1.000000] Run /init\n")) == Titles{"bad pud"});
}

TEST_CASE("what a program wrote through /dev/kmsg is never the kernel's") {
  UserRecords records;
  records.add(*parse_kmsg("12,1,4683623,-;" + kBadPud));
  Options options = ours();
  options.from_user = [&](std::uint64_t usec, std::string_view text) {
    return records.contains(usec, text);
  };
  CHECK(titles(analyze("[    4.683623] " + kBadPud + "\n", options)).empty());
  CHECK(titles(analyze("[    4.683624] " + kBadPud + "\n", options)) == Titles{"bad pud"});
}

TEST_CASE("no disguise makes a program's record the kernel's") {
  for (const char* disguise : {"<4>", "host kernel: ", "<1>host kernel: ", "[    9.000000] ",
                               "[    9.000000][    T1] ", "[   T1] "}) {
    CAPTURE(disguise);
    UserRecords records;
    records.add(*parse_kmsg("12,1,4683623,-;" + std::string(disguise) + kBadPud));
    Options options = ours();
    options.from_user = [&](std::uint64_t usec, std::string_view text) {
      return records.contains(usec, text);
    };
    CHECK(titles(analyze("[    4.683623] " + std::string(disguise) + kBadPud + "\n", options))
              .empty());
    CHECK(
        titles(analyze("[    4.683623][   T77] " + std::string(disguise) + kBadPud + "\n", options))
            .empty());
  }
}

TEST_CASE("canaries are seen, and only those of this run") {
  Options options = ours();
  options.nonce = "1234";
  const std::string begin = "[    4.683111] kproof-canary 1234 begin\n";
  const std::string end = "[    4.684503] kproof-canary 1234 end\n";
  CHECK(analyze(begin + end, options).facts().canary_begin);
  CHECK(analyze(begin + end, options).facts().canary_end);
  CHECK_FALSE(analyze(begin, options).facts().canary_end);
  CHECK(titles(analyze(begin + end, options)).empty());
  options.nonce = "123";
  CHECK_FALSE(analyze(begin, options).facts().canary_begin);
}

TEST_CASE("a canary without a time stamp counts as little as a finding without one") {
  Options options = ours();
  options.nonce = "1234";
  CHECK_FALSE(analyze("kproof-canary 1234 begin\n", options).facts().canary_begin);
}

TEST_CASE("what the agent says of its port is a fact, and no program's line on the console is") {
  const std::string words = "kproof agent: the kernel has no virtio_console\n";
  CHECK(analyze("[    4.108713] " + words, ours()).facts().agent_problem ==
        "the kernel has no virtio_console");
  CHECK(analyze(words, ours()).facts().agent_problem.empty());
}

TEST_CASE("a memory failure that a program asked for is none, if who used the page is told") {
  const std::string asked =
      "[    4.000000] Injecting memory failure for pfn 0x14000 at process virtual address 0x7f0\n";
  const auto told = [](const char* frame) {
    return fmt::format(
        "[    4.000100] Memory failure: {}: Sending SIGBUS to thp:88 due to hardware memory "
        "corruption\n",
        frame);
  };
  CHECK(titles(analyze(asked + told("0x14000"), ours())).empty());
  CHECK(titles(analyze(asked + told("0x14001"), ours())) == Titles{"Memory failure"});
  CHECK(titles(analyze(told("0x14000"), ours())) == Titles{"Memory failure"});
  const std::string rebooted = "[    0.000000] Linux version 6.12.0 (a@b) #1 SMP\n";
  CHECK(titles(analyze(asked + rebooted + told("0x14000"), ours())).back() == "Memory failure");
  // By a program that prints it, not the kernel.
  CHECK(titles(analyze(asked.substr(15) + told("0x14000"), ours())) == Titles{"Memory failure"});
  const std::string failed =
      "[    4.000200] Memory failure: 0x14000: recovery action for huge page: Failed\n";
  CHECK(titles(analyze(asked + told("0x14000") + failed, ours())) == Titles{"Memory failure"});
}

TEST_CASE("a finding is there while its report is still being printed") {
  Analyzer analyzer(ours());
  analyzer.feed("[    1.000000] BUG: kernel NULL pointer dereference, address: 0000000000000018\n");
  CHECK(analyzer.facts().started == 1);
  CHECK(analyzer.facts().oopsed);
  CHECK(analyzer.findings()[0].corrupted);
  analyzer.feed("[    1.000001] RIP: 0010:dax_fault+0x41/0x190\n[    1.000002] Call Trace:\n");
  analyzer.feed("[    1.000003]  handle_mm_fault+0xdb/0x2d0\n");
  CHECK(titles(analyzer) ==
        Titles{"BUG: unable to handle kernel NULL pointer dereference in dax_fault"});
}

TEST_CASE("duplicates fold with a count") {
  std::string log;
  for (int i = 0; i < 1000; ++i)
    log += fmt::format("[ {:4}.000000] {}\n", i, kBadPud);
  const Analyzer analyzer = analyze(log, ours());
  REQUIRE(analyzer.findings().size() == 1);
  CHECK(analyzer.findings()[0].count == 1000);
  CHECK(analyzer.facts().started == 1000);
}

TEST_CASE("findings and excerpts stay bounded whatever is printed") {
  std::string log;
  for (int i = 0; i < 2000; ++i)
    log += fmt::format("[ {:4}.000000] WARNING: CPU: 1 PID: 8 at a.c:1 f{}+0x1/0x2\n", i, i) +
           "[    0.000000] " + std::string(100, 'x') + "\n";
  const Analyzer analyzer = analyze(log, ours());
  CHECK(analyzer.findings().size() <= kMostFindings);
  const Analyzer one = analyze("[    1.000000] BUG: soft lockup - CPU#1 stuck for 22s!\n" +
                                   std::string(1 << 20, 'y') + "\n" + log,
                               ours());
  for (const Finding& finding : one.findings())
    CHECK(finding.excerpt.size() <= kMostExcerpt);
}

TEST_CASE("a second banner is an unexpected reboot, the first is the boot") {
  const std::string boot = "[    0.000000] Linux version 6.1.0 (gcc)\n[    1.000000] Run /init\n";
  CHECK(titles(analyze(boot, ours())).empty());
  CHECK(titles(analyze(boot + boot, ours())) == Titles{"unexpected kernel reboot"});
  CHECK(titles(analyze("[   99.000000] tail of a log\n" + boot)) ==
        Titles{"unexpected kernel reboot"});
  CHECK(titles(analyze(boot + "Linux version 6.1.0 (cat /proc/version)\n", ours())).empty());
}

TEST_CASE(
    "a panic joins the report it ends, and none that is long past, but all of its boot died") {
  const std::string panic = "[    2.000000] Kernel panic - not syncing: Fatal exception\n";
  const std::string oops =
      "[    1.000000] general protection fault: 0000 [#1] SMP\n"
      "[    1.000001] RIP: 0010:f+0x1/0x2\n[    1.000002] Call Trace:\n[    1.000003]  g+0x1/0x2\n";
  const Analyzer one = analyze(oops + panic, ours());
  REQUIRE(titles(one) == Titles{"general protection fault in f"});
  CHECK(one.findings()[0].panicked);
  CHECK(one.facts().panicked);
  std::string quiet;
  for (int i = 0; i < 100; ++i)
    quiet += "[    1.500000] all is well\n";
  const Analyzer two = analyze(oops + quiet + panic, ours());
  REQUIRE(titles(two).size() == 2);
  CHECK(two.findings()[0].panicked);
  CHECK(two.findings()[0].end_line == 4);
  const std::string boot = "[    0.000000] Linux version 6.1.0 (gcc)\n";
  const Analyzer three = analyze(oops + boot + panic, ours());
  REQUIRE(titles(three).size() == 3);
  CHECK_FALSE(three.findings()[0].panicked);
  CHECK_FALSE(three.findings()[1].panicked);
  CHECK(three.findings()[2].panicked);
}

TEST_CASE("power-off and restart are noted when the kernel says so") {
  CHECK(analyze("[    1.000000] reboot: Power down\n", ours()).facts().power_down);
  CHECK(analyze("[    1.000000] reboot: Restarting system\n", ours()).facts().restarting);
  CHECK_FALSE(analyze("reboot: Power down\n", ours()).facts().power_down);
}

TEST_CASE("a power-off in front of the end canary is not the one that ends a guest") {
  const std::string off = "[    2.000000] reboot: Power down\n";
  const std::string end = "[    2.000000] kproof-canary n1 end\n";
  Options options = ours();
  options.nonce = "n1";
  CHECK(analyze(end + off, options).facts().powered_off);
  CHECK_FALSE(analyze(off + end, options).facts().powered_off);
  CHECK_FALSE(analyze(off, options).facts().powered_off);
}

TEST_CASE("a warning in the code of a mitigation is no advice on mitigations") {
  const std::string log =
      "[    1.000000] WARNING: CPU: 0 PID: 1 at arch/x86/kernel/cpu/bugs.c:99 "
      "mitigate_MDS+0x1/0x2\n"
      "[    1.000001] Call Trace:\n[    1.000002]  mitigate_MDS+0x1/0x2\n";
  CHECK(titles(analyze(log, ours())) == Titles{"WARNING in mitigate_MDS"});
}

TEST_CASE("messages that the kernel lost are counted") {
  const std::string notice = "** 93 printk messages dropped **";
  CHECK(analyze(notice + "\n[    1.000000] x\n" + notice + "[    2.000000] y\n", ours())
            .facts()
            .lost_messages == 186);
}

TEST_CASE("lines are counted, the unfinished one too") {
  CHECK(analyze("").facts().lines == 0);
  CHECK(analyze("a\nb\n").facts().lines == 2);
  CHECK(analyze("a\nb").facts().lines == 2);
  CHECK(analyze("a\n" + std::string(3 * kMostExcerpt, 'x') + "\nb").facts().lines == 3);
}

TEST_CASE("a title that another CPU's message got into is not trusted") {
  const Finding torn =
      analyze("[   10.000000] Kernel panic - not syncing: VFS: Unable[   10.000001] loop0: ok\n")
          .findings()
          .at(0);
  CHECK(torn.corrupted_reason == "another message stands in the line that names it");
}

TEST_CASE("a title of which only the beginning was printed is not trusted") {
  const Finding cut = analyze("[   10.000000] Kernel panic - not syncing: \n").findings().at(0);
  CHECK(cut.title == "kernel panic:");
  CHECK(cut.corrupted_reason == "the line that names it breaks off");
}

TEST_CASE("a header that a symbolizer repeats for inlined functions is one report") {
  const Analyzer read = analyze(
      "BUG: KASAN: slab-use-after-free in read_once include/linux/atomic.h:32 [inline]\n"
      "BUG: KASAN: slab-use-after-free in ring_read+0x1f/0x100 fs/ring.c:12\n"
      "Read of size 4 at addr ffff88802cf34030 by task reader/42\n"
      "Call Trace:\n ring_read+0x1f/0x100 fs/ring.c:12\n");
  CHECK(titles(read) == Titles{"KASAN: slab-use-after-free Read in ring_read"});
  CHECK(read.findings().at(0).start_line == 1);
}

TEST_CASE("titles are lines of printable characters, as long as the community's") {
  const std::string tail(200, 'x');
  const Titles all =
      titles(analyze("[   10.000000] Kernel panic - not syncing: a\tb  \x01" + tail));
  CHECK(all.at(0).starts_with("kernel panic: a b x"));
  CHECK(all.at(0).size() <= 120);
}
