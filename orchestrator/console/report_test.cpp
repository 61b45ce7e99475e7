// What begins, extends, ends and joins a report.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "console/line.hpp"
#include "console/phase.hpp"
#include "console/whole_log.hpp"
#include "util/files.hpp"

using namespace kproof::console;
using kproof::model::Finding;

static std::vector<std::string> report(std::vector<std::string> head,
                                       std::vector<std::string> tail = {}) {
  head.insert(head.end(), kPrintedTrace.begin(), kPrintedTrace.end());
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

namespace {
struct Kind {
  std::string title;
  std::vector<std::string> lines;
};
}  // namespace

static const std::string kRuler(66, '=');

// Reports that a kernel survives.
static const std::vector<Kind> kSurvived = {
    {"WARNING in zork_frob",
     report({"------------[ cut here ]------------",
             "WARNING: CPU: 3 PID: 77 at drivers/zork/core.c:12 zork_frob+0x42/0x50"},
            {"---[ end trace 0000000000000000 ]---"})},
    {"INFO: task hung in zork_frob",
     report({"INFO: task zorkd:77 blocked for more than 122 seconds."})},
    {"INFO: rcu detected stall in zork_ioctl",
     report({"rcu: INFO: rcu_preempt self-detected stall on CPU"})},
    {"BUG: soft lockup in zork_ioctl",
     report({"watchdog: BUG: soft lockup - CPU#3 stuck for 26s! [zorkd:77]"})},
    {"possible deadlock in zork_frob",
     report({"======================================================",
             "WARNING: possible circular locking dependency detected", "6.1.0 #1 Not tainted",
             "------------------------------------------------------",
             "zorkd/77 is trying to acquire lock:",
             "ffff888100000000 (&zork->lock){+.+.}-{3:3}, at: zork_frob+0x42/0x50",
             "but task is already holding lock:",
             "ffff888100000100 (&zork->other){+.+.}-{3:3}, at: zork_ioctl+0x42/0x50"})},
    {"BUG: Bad page state in zork_frob",
     report({"BUG: Bad page state in process zorkd  pfn:ab652"})},
    {"KASAN: slab-out-of-bounds Read in zork_frob",
     report({kRuler, "BUG: KASAN: slab-out-of-bounds in zork_frob+0x42/0x50",
             "Read of size 4 at addr ffff8881 by task zorkd/77"},
            {kRuler})},
    {"memory leak in zork_frob",
     {"BUG: memory leak", "unreferenced object 0xffff888100000000 (size 64):",
      "  comm \"zorkd\", pid 77, jiffies 4294937296",
      "  backtrace:", "    [<ffffffff81000000>] zork_frob+0x42/0x50",
      "    [<ffffffff81000001>] zork_ioctl+0x9b/0x230"}},
    {"UBSAN: array-index-out-of-bounds in zork_frob",
     report({kRuler, "UBSAN: array-index-out-of-bounds in drivers/zork/core.c:12:3",
             "index 9 is out of range for type 'int [4]'"},
            {kRuler})},
};

// What a later, unrelated death of the kernel says.
static const std::vector<Kind> kDeaths = {
    {"kernel panic: VFS: Unable to mount root fs on unknown-block(NUM,NUM)",
     {"Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)"}},
    {"int3 in quux_poll",
     {"int3: 0000 [#1] PREEMPT SMP", "CPU: 1 PID: 9 Comm: quux Not tainted 6.1.0 #1",
      "RIP: 0010:quux_poll+0x1/0x2", "Call Trace:", " quux_poll+0x1/0x2"}},
    {"invalid opcode in quux_poll",
     {"invalid opcode: 0000 [#1] SMP", "CPU: 1 PID: 9 Comm: quux Not tainted 6.1.0 #1",
      "RIP: 0010:quux_poll+0x1/0x2", "Call Trace:", " quux_poll+0x1/0x2"}},
};

static std::string quiet(std::uint64_t usec, int lines) {
  return printed(usec,
                 std::vector<std::string>(static_cast<std::size_t>(lines), "zork: link is up"));
}

TEST_CASE("a death behind a finished report is a finding of its own: by lines, by time, at once") {
  constexpr std::uint64_t kAt = 10'000'000, kHour = 3'600'000'000;
  for (const Kind& survived : kSurvived)
    for (const Kind& death : kDeaths) {
      CAPTURE(survived.title);
      CAPTURE(death.title);
      const Titles both{survived.title, death.title};
      CHECK(titles(printed(kAt, survived.lines) + quiet(kAt + 100, 24) +
                   printed(kAt + kHour, death.lines)) == both);
      CHECK(titles(printed(kAt, survived.lines) + printed(kAt + 200, death.lines)) == both);
      CHECK(titles(printed(0, survived.lines) + quiet(0, 24) + printed(0, death.lines)) == both);
    }
}

TEST_CASE("two CPUs that print at once do not swallow each other's reports") {
  for (const Kind& survived : kSurvived)
    for (const Kind& death : kDeaths) {
      CAPTURE(survived.title);
      std::string log = printed(9'000'000, {survived.lines.front()}, "[   T77]");
      log += printed(9'500'000, {death.lines.front()}, "[    T9]");
      for (std::size_t i = 1; i < std::max(survived.lines.size(), death.lines.size()); ++i) {
        if (i < survived.lines.size())
          log += printed(10'000'000 + i * 10, {survived.lines[i]}, "[   T77]");
        if (i < death.lines.size())
          log += printed(10'000'005 + i * 10, {death.lines[i]}, "[    T9]");
      }
      Titles found = titles(log);
      CHECK(std::ranges::count(found, death.title) == 1);
      CHECK(std::ranges::count(found, survived.title) == 1);
    }
}

TEST_CASE("what the kernel answers to a report joins it, also behind its end") {
  const auto answered = [](const Kind& kind, const std::string& answer) {
    return titles(printed(10'000'000, kind.lines) + printed(10'000'200, {answer}));
  };
  const std::string panic = "Kernel panic - not syncing: ";
  for (const Kind& kind : kSurvived)
    for (const char* answer : {"panic_on_warn set ...", "panic_on_taint set ...",
                               "kmsan.panic set ...", "kasan.fault=panic set ..."})
      CHECK(answered(kind, panic + answer) == Titles{kind.title});
  CHECK(answered(kSurvived[1], panic + "hung_task: blocked tasks") == Titles{kSurvived[1].title});
  CHECK(answered(kSurvived[3], panic + "softlockup: hung tasks") == Titles{kSurvived[3].title});
  CHECK(answered(kSurvived[0], panic + "softlockup: hung tasks").size() == 2);
}

TEST_CASE("an oops and its panics are one report, behind the end of its trace too") {
  const auto oops = report({"BUG: kernel NULL pointer dereference, address: 0000000000000018",
                            "#PF: supervisor read access in kernel mode", "Oops: 0000 [#1] SMP"},
                           {"---[ end trace 0000000000000000 ]---"});
  const Titles one{"BUG: unable to handle kernel NULL pointer dereference in zork_frob"};
  for (const char* answer : {"Fatal exception in interrupt", "Attempted to kill init! exitcode=0x9",
                             "Attempted to kill the idle task!"}) {
    const std::string panic = std::string("Kernel panic - not syncing: ") + answer;
    CHECK(titles(printed(10'000'000, oops) + printed(10'000'200, {panic})) == one);
    CHECK(titles(printed(10'000'000, oops) + printed(99'000'000, {panic})).size() == 2);
  }
}

TEST_CASE("a time that goes back is another boot's: nothing joins across it") {
  const std::string warning = printed(100'000'000, kSurvived[0].lines);
  const std::string panic =
      printed(1'000'000, {"Kernel panic - not syncing: panic_on_warn set ..."});
  CHECK(titles(warning + panic) == Titles{kSurvived[0].title, "kernel panic: panic_on_warn set"});
}

TEST_CASE("one title at two places is two findings") {
  const auto warning = [](int line, const std::string& caller) {
    return std::vector<std::string>{
        fmt::format("WARNING: CPU: 3 PID: 77 at drivers/zork/core.c:{} zork_frob+0x42/0x50", line),
        "RIP: 0010:zork_frob+0x42/0x50", "Call Trace:", " " + caller + "+0x9b/0x230",
        "---[ end trace 0000000000000000 ]---"};
  };
  const Analyzer analyzer = analyze(printed(1'000'000, warning(100, "zork_open")) +
                                    printed(2'000'000, warning(900, "zork_close")) +
                                    printed(3'000'000, warning(100, "zork_open")));
  REQUIRE(analyzer.findings().size() == 2);
  CHECK(analyzer.findings()[0].count == 2);
  CHECK(analyzer.findings()[0].fingerprint != analyzer.findings()[1].fingerprint);
}

static std::vector<std::string> kNullDereference() {
  return report({"BUG: kernel NULL pointer dereference, address: 0000000000000018"});
}

TEST_CASE("one stamped line does not hide a report without time stamps, nor does another kernel") {
  const Titles one{"BUG: unable to handle kernel NULL pointer dereference in zork_frob"};
  CHECK(titles("[    1.000001] zork: probed\n" + printed(0, kNullDereference())) == one);
  CHECK(titles("[    1.000001] zork: probed\nLinux version 6.1.0-kdump (a) #1\n" +
               printed(0, kNullDereference())) == one);
}

TEST_CASE(
    "words of a report without its time stamp and without a report are counted, not believed") {
  const Analyzer analyzer =
      analyze("[    1.000001] zork: probed\nKernel panic - not syncing: from user space\ndone\n");
  CHECK(analyzer.findings().empty());
  CHECK_FALSE(analyzer.facts().panicked);
  CHECK(analyzer.facts().unbelieved == 1);
  CHECK(analyzer.facts().first_unbelieved == 2);
}

TEST_CASE("a header that ends as a doubtful frame does is a header") {
  for (const std::string header :
       {"mm/pgtable-generic.c:39: bad pud 00000000b7a9b3a1(84000001400008e7)",
        "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [a:1]",
        "WARNING: CPU: 0 PID: 1 at mm/a.c:1 zork_frob+0x1/0x2", "BUG: Bad page state in process a"})
    for (const std::string prefix : {"[    1.000000] ", ""}) {
      CAPTURE(header);
      const Analyzer analyzer = analyze(prefix + header + " (unreliable)\n" + prefix + "a line\n");
      CHECK(analyzer.findings().size() + analyzer.facts().unbelieved == 1);
    }
}

// A kernel's last words may stand behind a program's, or before them, in a log without time stamps.
TEST_CASE("what only the words of a sentence make a quotation is counted, not passed over") {
  for (const std::string log :
       {"Starting the network of this machine BUG: kernel NULL pointer dereference, address: 0\n",
        "BUG: soft lockup - CPU#0 stuck for 22s!\nand then the machine was gone, which is what we "
        "see with that patch\n"}) {
    CAPTURE(log);
    const Analyzer analyzer = analyze(log);
    CHECK(analyzer.findings().size() + analyzer.facts().unbelieved == 1);
  }
}

TEST_CASE("a boot behind an orderly end of the last is no finding") {
  const std::string boot = "[    0.000000] Linux version 6.1.0 (a) #1\n[    1.000000] Run /init\n";
  for (const char* end :
       {"[   99.000000] reboot: Restarting system\n", "-- Reboot --\n",
        "[   99.0] Restarting system.\n", "[   99.000000] systemd-shutdown[1]: Rebooting.\n",
        "[   99.000000] reboot: Power down\n", "[   99.000000] kexec_core: Starting new kernel\n",
        "-- Boot 01234567890123456789012345678901 --\n"}) {
    CAPTURE(end);
    CHECK(titles(boot + end + boot).empty());
    CHECK(titles(boot + end + boot + boot) == Titles{"unexpected kernel reboot"});
  }
  CHECK(titles("[    0.000000] Linux version 6.1.0 (a) #1\n[    0.100000] reboot: Dell needs it\n" +
               boot) == Titles{"unexpected kernel reboot"});
  const std::string kept = "Jan  1 00:00:00 host kernel: Linux version 6.1.0 (a) #1\n";
  CHECK(titles(kept + kept).empty());
}

TEST_CASE("a report of one line behind \"# \", which may be a prompt, is told as not believed") {
  const std::string bad_pud = "mm/a.c:39: bad pud 00000000f3a1c2d4(84000001400008e7)\n";
  CHECK(analyze("# " + bad_pud).facts().unbelieved == 1);
  CHECK(analyze("[    1.000000]     # " + bad_pud).facts().unbelieved == 1);
  CHECK(analyze("# WARNING: CPU: 0 PID: 1 at mm/a.c:1 f+0x1/0x2\n").facts().unbelieved == 0);
  CHECK(titles("# " + bad_pud).empty());
}

TEST_CASE("a test of the kernel's own that fails is a complaint, and a program's is none") {
  CHECK(titles("[    1.000000] KTAP version 1\n[    1.000001]     not ok 2 check_gap\n"
               "[    1.000002]     not ok 3 check_x # SKIP no hardware\nnot ok 1 selftests: mm: x\n"
               "[    1.000003] not ok 4 KASAN: use-after-free in x\n") ==
        Titles{"a test of the kernel's own failed: check_gap",
               "a test of the kernel's own failed: KASAN: use-after-free in x"});
  CHECK(analyze("[    1.000000] Linux\nnot ok 1 selftests: mm: x\n").facts().unbelieved == 0);
  for (const auto& [line, name] : std::vector<std::pair<std::string, std::string>>{
           {"    # check_gap: EXPECTATION FAILED at lib/x.c:12",
            "a test of the kernel's own failed: check_gap"},
           {"    # check_gap: try faulted", "a test of the kernel's own failed: check_gap"},
           {"    # check_gap: test case timed out", "a test of the kernel's own failed: check_gap"},
           {"# Totals: pass:3 fail:1 skip:0 total:4", "tests of the kernel's own failed"},
           {"test_printf: failed 3 out of 300 tests",
            "tests of the kernel's own failed: test_printf"},
           {"test_bpf: Summary: 1 PASSED, 2 FAILED, [0/1 JIT'ed]",
            "tests of the kernel's own failed: test_bpf"},
           {"rcu-torture:--- End of test: FAILURE: nreaders=1",
            "tests of the kernel's own failed: rcu-torture"},
           {"alg: self-tests for sha256 using sha256-generic failed (rc=-22)",
            "tests of the kernel's own failed: sha256"},
           {"kprobes: Kprobe smoke test: FAILED (3 errors)",
            "tests of the kernel's own failed: kprobes"},
           {"Testing tracer function: .. no entries found ..FAILED!",
            "tests of the kernel's own failed: ftrace"}}) {
    CAPTURE(line);
    CHECK(titles("[    1.000000] " + line + "\n") == Titles{name});
  }
  for (const char* line :
       {"# Totals: pass:3 fail:0 skip:0 total:3", "test_printf: all 300 tests passed",
        "test_bpf: Summary: 1 PASSED, 0 FAILED", "rcu-torture:--- End of test: SUCCESS: x",
        "ok 1 not ok 2 is its name", "Testing tracer function: PASSED"})
    CHECK(titles(std::string("[    1.000000] ") + line + "\n").empty());
}

TEST_CASE("every phase knows every kind of line, and nothing brings a spent report back") {
  for (int kind = 0; kind <= static_cast<int>(LineKind::dying); ++kind) {
    for (int phase = 0; phase <= static_cast<int>(Phase::spent); ++phase) {
      const Step next = step(static_cast<Phase>(phase), static_cast<LineKind>(kind));
      CHECK((next.to >= static_cast<Phase>(phase) || phase == static_cast<int>(Phase::doubted)));
    }
    CHECK(step(Phase::spent, static_cast<LineKind>(kind)).to == Phase::spent);
  }
  CHECK_FALSE(admits(Phase::ended, Joining::part));
  CHECK(admits(Phase::ended, Joining::across));
}

// What a kernel that kdump starts takes back is the reboot before it, and nothing that was found.
TEST_CASE("the kernel of kdump takes back no finding but the reboot, however many there are") {
  std::string log = "[    1.000000] Linux version 6.1.0 (a@b) (gcc) #1 SMP\n";
  for (std::size_t i = 0; i < kMostFindings; ++i)
    log += "[    2.000000] WARNING: CPU: 0 PID: 1 at mm/a.c:1 zork_" + std::string(i, 'x') +
           "+0x1/0x2\n";
  log += "[    3.000000] Oops: 0000 [#1] SMP\n";
  const auto before = titles(log).size();
  CHECK(titles(log + "[    0.000000] Linux version 6.1.0 (a@b) (gcc) #1 SMP\n"
                     "[    0.000000] Command line: elfcorehdr=0x1 x\n")
            .size() == before);
}

TEST_CASE("a sentence behind a quoted header does not take back the oops of another") {
  const Analyzer analyzer = analyze(
      "BUG: kernel NULL pointer dereference, address: 0000000000000018\n"
      "RIP: 0010:zork_frob+0x1/0x2\nCall Trace:\n zork_frob+0x1/0x2\n"
      "---[ end trace 0000000000000000 ]---\n"
      "BUG: unable to handle page fault for address: ffff888100000000\n"
      "and then the machine was gone, which is what we see with that patch\n");
  CHECK(analyzer.facts().oopsed);
}

// The whole header is of a row that kills; its first half was of one that does not, or the reverse.
TEST_CASE("a header that a mail broke is believed as a whole, and once") {
  const auto facts = [](const std::string& log) {
    const Analyzer analyzer = analyze(log);
    return analyzer.facts();
  };
  const Facts dies = facts(
      "> [ 1234.500000] rack-07-node-12-zork-production BUG: unable to handle\n"
      "> kernel NULL pointer dereference at 0000000000000018\n"
      "> [ 1234.500001] RIP: 0010:zork_frob+0x42/0x50\n");
  CHECK(dies.oopsed);
  CHECK(dies.started == 1);
  const Facts warns = facts(
      "> [ 1234.500000] watchdog: BUG: soft lockup - CPU#3 stuck for 22s!\n"
      "> [zork:77]\n"
      "> [ 1234.500001] RIP: 0010:zork_frob+0x42/0x50\n");
  CHECK_FALSE(warns.oopsed);
  CHECK(warns.started == 1);
}

TEST_CASE("a stall takes the lines of the CPUs that it asked, and of no other") {
  const auto log = [](const char* cpus) {
    return printed(1,
                   {"rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
                    "rcu: \t6-...0: (1 GPs behind) idle=9d2/1/0x4000000000000000"},
                   "[   T10]") +
           printed(3, {fmt::format("Sending NMI from CPU 9 to CPUs {}:", cpus)}, "[   T10]") +
           printed(4,
                   {"NMI backtrace for cpu 6", kPrintedTrace[0], kPrintedTrace[1], kPrintedTrace[2],
                    kPrintedTrace[4]},
                   "[    C6]");
  };
  for (const char* cpus : {"6", "0-3,6", "5-7", "1,4-6,8"})
    CHECK(titles(log(cpus)) == Titles{"INFO: rcu detected stall in zork_frob"});
  for (const char* cpus : {"7", "0-5,7", "16", "60-69"})
    CHECK(titles(log(cpus)) == Titles{"INFO: rcu detected stall in corrupted"});
}

// What stands in golden/, as the header of each finding: of every kind that is known.
static std::vector<std::string> known_headers() {
  const std::filesystem::path golden = std::filesystem::path(KPROOF_TEST_DIR) / "golden";
  std::vector<std::string> headers;
  for (const auto& entry : std::filesystem::directory_iterator(golden)) {
    if (entry.path().extension() != ".log") continue;
    const std::string log = kproof::util::read_file(entry.path());
    std::vector<std::string> lines;
    std::istringstream stream(log);
    for (std::string line; std::getline(stream, line);)
      lines.push_back(clean(line));
    for (const Finding& finding : analyze(log).findings()) {
      if (finding.title == "unexpected kernel reboot") continue;  // a banner's
      const std::string& header = lines.at(finding.start_line - 1);
      if (header.find("---[ end Kernel panic") != header.npos) continue;  // no reason for a panic
      headers.push_back(header.substr(parse_any_prefix(header).size));
    }
  }
  return headers;
}

TEST_CASE("a panic is one whatever row knows its reason, alone and behind any report") {
  const std::vector<std::string> headers = known_headers();
  REQUIRE(headers.size() > 200);
  for (const std::string& header : headers) {
    CAPTURE(header);
    const std::string panic = "Kernel panic - not syncing: " + header;
    const Analyzer alone = analyze(printed(9'000'000, {"Linux version 6.1.0", panic}));
    CHECK(alone.facts().panicked);
    REQUIRE_FALSE(alone.findings().empty());
    CHECK(alone.findings().back().panicked);
    for (const Kind& survived : kSurvived) {
      const Analyzer behind =
          analyze(printed(9'000'000, survived.lines) + printed(9'100'000, {panic}));
      CHECK(behind.facts().panicked);
      CHECK(std::ranges::any_of(behind.findings(), &Finding::panicked));
      const std::vector<std::string> amid(survived.lines.begin(), survived.lines.begin() + 3);
      const Analyzer joined = analyze(printed(9'000'000, amid) + printed(9'000'010, {panic}));
      CHECK(joined.facts().panicked);
      CHECK(std::ranges::any_of(joined.findings(), &Finding::panicked));
    }
  }
}
