// Reports whose header is not there.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "console/kmsg_analyzer.hpp"
#include "console/whole_log.hpp"

using namespace kproof::console;
using kproof::model::Finding;

namespace {
struct Headless {
  std::string title;
  std::vector<std::string> lines;
};
}  // namespace

static std::string stamped(const std::vector<std::string>& lines, std::uint64_t second = 100) {
  std::string log;
  std::size_t usec = 0;
  for (const std::string& line : lines)
    log += fmt::format("[{:5}.{:06}] {}\n", second, usec++, line);
  return log;
}

static std::string boot_and_work(int lines) {
  std::string log = "[    0.000000] Linux version 6.1.0 (a@b) (gcc 12) #1 SMP\n";
  for (int i = 0; i < lines; ++i)
    log += fmt::format("[    1.{:06}] zork: link {} is up\n", i, i);
  return log;
}

static const std::vector<std::string> kStack = {"Call Trace:",
                                                " <TASK>",
                                                " dump_stack_lvl+0x1/0x2",
                                                " zork_frob+0x42/0x50",
                                                " zork_ioctl+0x9b/0x230",
                                                " do_syscall_64+0x5e/0x80",
                                                " </TASK>"};
static const std::string kCpu = "CPU: 3 PID: 77 Comm: zorkd Not tainted 6.1.0 #1";
static const std::string kEnd = "---[ end trace 0000000000000000 ]---";

static std::vector<std::string> with_stack(std::vector<std::string> head,
                                           const std::vector<std::string>& tail = {}) {
  head.insert(head.end(), kStack.begin(), kStack.end());
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

static const std::vector<Headless> kHeadless = {
    // A page fault's address and the modules stand behind the trace.
    {"Oops in zork_frob",
     with_stack({"RIP: 0010:zork_frob+0x42/0x50 [zork]", "Code: 48 89 df <48> 8b 00"},
                {"Modules linked in: zork", "CR2: 0000000000000018", kEnd})},
    {"Oops in zork_frob",
     {"RIP  [<ffffffff81234567>] zork_frob+0x1/0x2", " RSP <ffff8801234567c8>",
      "CR2: 0000000000000018", "---[ end trace 1234567890abcdef ]---"}},
    {"Oops in zork_frob",
     {"pc : zork_frob+0x1/0x2 [zork]", "lr : zork_ioctl+0x1/0x2",
      "Call trace:", " zork_frob+0x1/0x2", "Code: aa1f03e0 d503201f (f9400000)", kEnd}},
    // A WARNING's, perhaps.
    {"report without its header in zork_frob",
     with_stack({"Modules linked in: zork", kCpu, "RIP: 0010:zork_frob+0x42/0x50 [zork]"}, {kEnd})},
    {"report without its header in bad_fn",
     {"RIP: 0010:bad_fn+0x1/0x2", "Code: 00", "Call Trace:", " <TASK>", " foo+0x1/0x2",
      " bar+0x1/0x2", " </TASK>", kEnd}},
    {"report without its header in zork_frob",
     with_stack({"------------[ cut here ]------------", "zork: of no form that a row knows", kCpu},
                {kEnd})},
    {"report of which only the end is there", {kEnd}},
    {"report that breaks off at its first line", {"------------[ cut here ]------------"}},
    {"stack trace without a report in zork_frob",
     with_stack({"zork: this cannot be", kCpu, "Hardware name: QEMU"})},
    {"KASAN: Read in zork_frob",
     {"Read of size 8 at addr ffff888012345678 by task zorkd/77", kCpu,
      "Call Trace:", " kasan_report+0x1/0x2", " zork_frob+0x1/0x2",
      "Allocated by task 77:", " zork_alloc+0x1/0x2"}},
    {"KASAN: report of which only the end is there",
     {"The buggy address belongs to the object at ffff888012345600",
      " which belongs to the cache kmalloc-256 of size 256"}},
    {"KCSAN: data-race in zork_frob",
     {"write to 0xffff888012345678 of 8 bytes by task 77 on cpu 1:", " zork_frob+0x1/0x2",
      " zork_ioctl+0x1/0x2"}},
    {"BUG: Bad page state in zork_free",
     {"page dumped because: nonzero mapcount", "Modules linked in:", kCpu, "Call Trace:",
      " bad_page+0x1/0x2", " free_unref_page_prepare+0x1/0x2", " zork_free+0x1/0x2"}},
    {"possible deadlock in zork_frob",
     {"zorkd/77 is trying to acquire lock:",
      "ffff888003f5f0a0 (&zork->lock){+.+.}-{3:3}, at: zork_frob+0x2a/0x50",
      "but task is already holding lock:",
      "ffff888003f5f120 (&zork->b){+.+.}-{3:3}, at: zork_zap+0x2a/0x50"}},
    {"INFO: task hung in zork_wait",
     {"\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.",
      "task:zorkd state:D stack:0     pid:77    tgid:77 ppid:1",
      "Call Trace:", " __schedule+0x2e5/0x7f0", " schedule+0x5e/0xd0", " zork_wait+0x5e/0xd0"}},
    {"INFO: rcu detected stall in zork_spin",
     {"rcu: \t3-....: (20999 ticks this GP) idle=2d4/1/0x4000000000000000 softirq=1234/1234",
      "\t(t=21000 jiffies g=1234 q=77 ncpus=4)", kCpu, "RIP: 0010:zork_spin+0x1/0x2",
      "Call Trace:", " zork_ioctl+0x1/0x2"}},
    {"INFO: rcu detected stall in zork_spin",
     {"\t(detected by 1, t=21000 jiffies, g=1234, q=77)", kCpu, "RIP: 0010:zork_spin+0x1/0x2",
      "Call Trace:", " zork_ioctl+0x1/0x2"}},
    {"KVM: VM entry failed",
     {"*** Host State ***", "RIP = 0xffffffffa0123456  RSP = 0xffff", "*** Control State ***"}},
    {"SError in zork_frob",
     {"SError Interrupt on CPU3, code 0x00000000be000000 -- SError", kCpu, "pc : zork_frob+0x1/0x2",
      "Call trace:", " zork_frob+0x1/0x2"}},
    {"kernel panic: stack is corrupted in zork_frob",
     {"Kernel stack is corrupted in: zork_frob+0x1/0x2"}},
};

TEST_CASE("a report whose header is not there is found: where the log begins, and amid it") {
  for (const Headless& headless : kHeadless) {
    CAPTURE(headless.title);
    CAPTURE(headless.lines.front());
    const Titles one{headless.title};
    CHECK(titles(stamped(headless.lines)) == one);
    CHECK(titles(boot_and_work(50) + stamped(headless.lines)) == one);
    const Analyzer amid = analyze(boot_and_work(50) + stamped(headless.lines) +
                                  stamped(std::vector<std::string>(400, "zork: up"), 101));
    CHECK(titles(amid) == one);
    for (const Finding& finding : amid.findings())
      CHECK((finding.corrupted || finding.title.starts_with("SError")));
    KmsgAnalyzer kmsg;
    std::string records;
    for (std::size_t i = 0; i < headless.lines.size(); ++i)
      records += fmt::format("4,{},{},-;{}\n", i, 100 + i, headless.lines[i]);
    kmsg.feed(records);
    kmsg.finish();
    REQUIRE(kmsg.findings().size() == 1);
    CHECK(kmsg.findings()[0].title == headless.title);
  }
}

TEST_CASE("what a header, or other words, explain is no report without its header") {
  const std::vector<std::string> backtrace =
      with_stack({"NMI backtrace for cpu 3", kCpu, "Hardware name: QEMU",
                  "RIP: 0010:zork_frob+0x42/0x50", "Code: 48 89 df"});
  std::vector<std::string> all{"sysrq: Show backtrace of all active CPUs"};
  for (int cpu = 0; cpu < 32; ++cpu)
    all.insert(all.end(), backtrace.begin(), backtrace.end());
  const std::vector<std::vector<std::string>> kExplained = {
      all,
      backtrace,
      with_stack({"sysrq: Show Regs", kCpu, "RIP: 0010:zork_frob+0x42/0x50"}),
      with_stack({"sysrq: Show State", "task:zorkd state:D stack:0 pid:77 ppid:1"}),
      with_stack({"task:zorkd state:D stack:0 pid:77 ppid:1"}),
      with_stack({"zorkd invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0", kCpu}),
      with_stack({"FAULT_INJECTION: forcing a failure.",
                  "name failslab, interval 1, probability 0, space 0, times 0", kCpu}),
      {"page:00000000a5ea1d0b refcount:1 mapcount:0 mapping:0 index:0x0 pfn:0x1",
       "page dumped because: unmovable page"},
      {"page dumped because: migration failure"},
      {"zorkd[77]: segfault at 0 ip 0000000000401136 sp 00007ffd error 4 in zorkd[401000+1000]",
       "Code: 48 89 df e8 0b 9a 01"},
      {"ipc : zork_frob", "zork: Rebooting in 5 seconds..",
       "clocksource: jiffies: mask: 0xffffffff", "zork: 12 bytes by task", "zork: cut here"},
  };
  for (const std::vector<std::string>& lines : kExplained) {
    CAPTURE(lines.front());
    const Analyzer analyzer = analyze(boot_and_work(50) + stamped(lines));
    CHECK(titles(analyzer) == Titles{});
    CHECK(analyzer.facts().begins_amid == 0);
  }
  // A page allocation failure is a complaint already, and the header of a WARN() has its own stack.
  const std::string failure = stamped(
      with_stack({"zorkd: page allocation failure: order:0, mode:0x0(), nodemask=(null)", kCpu}));
  CHECK(titles(failure) == Titles{"page allocation failure in zork_frob"});
  const std::string warning =
      stamped(with_stack({"------------[ cut here ]------------", "zork is lost",
                          "WARNING: CPU: 3 PID: 77 at drivers/zork/core.c:12 zork_frob+0x42/0x50",
                          kCpu, "RIP: 0010:zork_frob+0x42/0x50"},
                         {kEnd}));
  CHECK(titles(warning) == Titles{"WARNING in zork_frob"});
  CHECK(titles(warning + stamped({"------------[ cut here ]------------"}, 101)) ==
        Titles{"WARNING in zork_frob", "report that breaks off at its first line"});
}

TEST_CASE("who only writes about a report's parts has none") {
  for (const std::string line :
       {"I saw \"---[ end Kernel panic - not syncing: x ]---\" in my log.",
        "the log ends with ---[ end trace 0000000000000000 ]---, as it should",
        "Rebooting in 5 seconds..", "The buggy address belongs to the object of a driver.",
        "it says that zorkd/77 is trying to acquire lock: which one?",
        "grep '[ cut here ]---' /var/log/messages", "CPU: 3 PID: 77 Comm: is what it prints",
        "and the page dumped because: nonzero mapcount",
        "other info that might help us debug this:"}) {
    CAPTURE(line);
    CHECK(titles("Hello,\n\n" + line + "\nBest regards\n") == Titles{});
    const Analyzer stamped_log = analyze(stamped({"zork: says " + line, "zork: up"}));
    CHECK(titles(stamped_log) == Titles{});
  }
}

TEST_CASE("where our own guest's log was cut between two lines, what was found before is enough") {
  const std::string cut = "[  100.000000] ------------[ cut here ]------------\n";
  const std::string found = "[   99.000000] mm/zork.c:12: bad pud 000000008ae2d46e(84)\n";
  const Options console{.stamps = Stamps::required};
  CHECK(titles(analyze(cut, console)) == Titles{"report that breaks off at its first line"});
  CHECK(titles(analyze(found + cut, console)) == Titles{"bad pud"});
  CHECK(titles(analyze(cut, {.source = kproof::model::Source::kmsg})) == Titles{});
}

TEST_CASE("the end of a panic alone is the panic, and behind it no second one") {
  const std::string end = "---[ end Kernel panic - not syncing: {} ]---";
  const std::vector<std::pair<std::string, std::string>> reasons = {
      {"Fatal exception in interrupt", "kernel panic: Fatal exception"},
      {"VFS: Unable to mount root fs on unknown-block(0,0)",
       "kernel panic: VFS: Unable to mount root fs on unknown-block(NUM,NUM)"},
      {"Attempted to kill init! exitcode=0x00000009", "kernel panic: Attempted to kill init!"},
      {"Hard LOCKUP", "watchdog: hard LOCKUP in corrupted"},
  };
  for (const auto& [reason, title] : reasons) {
    CAPTURE(reason);
    const std::string last = fmt::format(fmt::runtime(end), reason);
    const std::string before = boot_and_work(50);
    const Analyzer alone = analyze(before + stamped({"Kernel Offset: 0x1c000000", last}));
    CHECK(titles(alone) == Titles{title});
    CHECK(alone.facts().panicked);
    CHECK(alone.findings()[0].panicked);
    CHECK(alone.findings()[0].corrupted);
    const Analyzer whole =
        analyze(before + stamped({"Kernel panic - not syncing: " + reason, last}));
    CHECK(titles(whole) == Titles{title});
    const Analyzer behind_warning =
        analyze(before +
                stamped(with_stack({"WARNING: CPU: 3 PID: 77 at drivers/zork/core.c:12 "
                                    "zork_frob+0x42/0x50"})) +
                stamped({last}, 101));
    CHECK(behind_warning.facts().panicked);
    // What a next boot leaves of its own is its own.
    const Analyzer second =
        analyze(before + stamped({"Kernel panic - not syncing: x"}) + before + stamped({last}));
    CHECK(second.findings().size() == 2);
  }
  const Analyzer reboots = analyze(boot_and_work(50) + stamped({"Rebooting in 10 seconds.."}));
  CHECK(titles(reboots) == Titles{"kernel panic: corrupted"});
  CHECK(reboots.facts().panicked);
  CHECK(titles(stamped({"Kernel panic - not syncing: x", "Rebooting in 10 seconds.."})) ==
        Titles{"kernel panic: x"});
}

TEST_CASE("a log that begins amid a stack trace says so") {
  for (const std::string line : {" zork_frob+0x42/0x50", "Call Trace:", " ? zork_frob+0x42/0x50"}) {
    CAPTURE(line);
    CHECK(analyze(stamped({line, " </TASK>"})).facts().begins_amid == 1);
    CHECK(analyze(stamped({"zork: up", "zork: up", "zork: up", line})).facts().begins_amid == 0);
    CHECK(analyze(stamped({"sysrq: Show State", line})).facts().begins_amid == 0);
  }
}

TEST_CASE("an oops that no row knows is one when its form says so") {
  for (const std::string name :
       {"unexpected #NM exception", "stack guard page", "Split lock, detected", "Oops: bounds"}) {
    CAPTURE(name);
    const Analyzer analyzer = analyze(stamped(with_stack(
        {name + ": 0000 [#1] PREEMPT SMP NOPTI", kCpu, "RIP: 0010:zork_frob+0x42/0x50"}, {kEnd})));
    REQUIRE(analyzer.findings().size() == 1);
    CHECK(analyzer.findings()[0].frame == "zork_frob");
    CHECK(analyzer.facts().oopsed);
  }
  CHECK(titles(stamped({"PANIC: invalid or fatal FRED event; event type 3 vector 14 error 0x0"})) ==
        Titles{"PANIC: invalid or fatal FRED event in corrupted"});
}
