// One test a row of what became of the guest, in its order.
#include <doctest/doctest.h>

#include "verdict/judge.hpp"
#include "verdict/scene.hpp"

using namespace kproof::verdict;
using namespace std::chrono_literals;

TEST_CASE("lacking: a kernel that cannot be what the topology declares, and so no guest, is miss") {
  Scene s;
  s.outcome = {};
  s.observation.missing = {"the kernel has no module kvm_amd"};
  s.observation.unmet = {"no module nfit"};
  check(s, "lacking", Verdict::miss, Blame::config, "the kernel has no module kvm_amd");
}

TEST_CASE("unbootable: needs unmet before the boot, and so no guest, is skip") {
  Scene s;
  s.outcome = {};
  s.observation.unmet = {"kernel lacks CONFIG_DEV_DAX", "no module nfit"};
  check(s, "unbootable", Verdict::skip, Blame::config,
        "kernel lacks CONFIG_DEV_DAX, no module nfit");
}

TEST_CASE("host: a fault of the host is broken, but what the kernel did before is a failure") {
  Scene s;
  s.outcome.end = HostFault{Phase::test, "QEMU was killed by signal 9"};
  s.outcome.exit.reset();
  check(s, "host", Verdict::broken, Blame::host,
        "host fault in phase test: QEMU was killed by signal 9");
  s.find("bad pud");
  check(s, "finding", Verdict::fail, Blame::kernel,
        "finding: bad pud; host fault in phase test: QEMU was killed by signal 9");
}

TEST_CASE("host: what never ran is broken") {
  Scene s;
  s.outcome = {};
  check(s, "host", Verdict::broken, Blame::host, "host fault in phase start: not run");
}

TEST_CASE("crash: a panic is the kernel's, before the agent and during a case") {
  Scene s;
  s.outcome = {.end = Panicked{Phase::boot}};
  check(s, "crash", Verdict::crash, Blame::kernel, "the kernel panicked in phase boot");
}

TEST_CASE("crash: a reset behind the agent's bye, in the power-off path") {
  Scene s;
  s.outcome.end = Rebooted{Phase::poweroff};
  check(s, "crash", Verdict::crash, Blame::kernel,
        "the guest was reset in phase poweroff, unasked");
}

TEST_CASE("unproven: an end that nothing proves is broken, but hides no finding") {
  Scene s;
  s.outcome.end = Unproven{Phase::poweroff, "QEMU did not say why it ended"};
  check(s, "unproven", Verdict::broken, Blame::host,
        "the guest ended in phase poweroff without proof of how: QEMU did not say why it ended");
  s.find("bad pud");
  check(s, "finding", Verdict::fail, Blame::kernel, "finding: bad pud");
}

TEST_CASE("crash: a reset that nobody asked for") {
  Scene s;
  s.outcome.end = Rebooted{Phase::test};
  check(s, "crash", Verdict::crash, Blame::kernel, "the guest was reset in phase test, unasked");
}

TEST_CASE("crash: an oops beats a lost connection, and an orderly end too") {
  Scene s;
  s.observation.oopsed = true;
  s.find("BUG: unable to handle page fault in f");
  check(s, "crash", Verdict::crash, Blame::kernel,
        "the kernel oopsed; finding: BUG: unable to handle page fault in f");
  s.outcome.end = BadAgent{Phase::test, "the port closed"};
  check(s, "crash", Verdict::crash, Blame::kernel,
        "the kernel oopsed; finding: BUG: unable to handle page fault in f");
  s.outcome.end = Silent{Phase::test, 15s};
  CHECK(s.judge().verdict == Verdict::crash);
}

TEST_CASE("crash: a finding that the kernel did not survive, or taint D, is enough") {
  Scene s;
  s.outcome.end = PoweredOff{Phase::test};
  s.find("kernel BUG in f", true);
  check(s, "crash", Verdict::crash, Blame::kernel, "the kernel died; finding: kernel BUG in f");
  Scene t;
  t.outcome.taint = Taint{512, 512 | 128};
  check(t, "crash", Verdict::crash, Blame::kernel,
        "the kernel oopsed: its taint grew by D (kernel died recently: OOPS or BUG)");
}

TEST_CASE("silent: a guest that talks, but does not come to its point, hangs too") {
  Scene s;
  s.outcome.end = Silent{Phase::boot, 120s, "hello of the agent"};
  check(s, "silent", Verdict::hang, Blame::kernel,
        "no hello of the agent within 2m00s in phase boot");
}

TEST_CASE("silent: a guest without a heartbeat hangs") {
  Scene s;
  s.outcome.end = Silent{Phase::test, 15s};
  s.find("soft lockup in f");
  check(s, "silent", Verdict::hang, Blame::kernel,
        "the guest was silent for 15.0s in phase test; finding: soft lockup in f");
}

TEST_CASE("timeout: a case that never ends is the test's hang, unless the kernel complained") {
  Scene s;
  s.outcome.exit->timed_out = true;
  check(s, "timeout", Verdict::hang, Blame::test,
        "the case did not end before its deadline, while the agent answered");
  s.find("hung task in f");
  CHECK(s.judge().blame == Blame::kernel);
}

TEST_CASE("silent and timeout say what kind of a hang it was") {
  Scene silent, late;
  silent.outcome.end = Silent{Phase::test, 15s};
  silent.outcome.hang = Hang{.kind = HangKind::irqs_off, .reason = "CPU 0 spins"};
  check(silent, "silent", Verdict::hang, Blame::kernel,
        "the guest was silent for 15.0s in phase test: CPU 0 spins");
  late.outcome.exit->timed_out = true;
  late.outcome.hang = Hang{.kind = HangKind::waits, .reason = "it sleeps"};
  check(late, "timeout", Verdict::hang, Blame::test,
        "the case did not end before its deadline: it sleeps");
  late.outcome.hang->kind = HangKind::hung_task;
  CHECK(late.judge().blame == Blame::kernel);
}

TEST_CASE("crash: an oops that the kernel survived ends the guest") {
  Scene s;
  s.outcome.end = Oopsed{Phase::test};
  s.outcome.exit.reset();
  s.find("BUG in f");
  check(s, "crash", Verdict::crash, Blame::kernel,
        "the kernel oopsed in phase test, and was ended; finding: BUG in f");
}

TEST_CASE("flood: the kernel's fault, unless only the test can have done it") {
  Scene s;
  s.outcome.end = Flooded{Phase::boot, 100};
  check(s, "flood", Verdict::fail, Blame::kernel,
        "the console was flooded in phase boot: 100 bytes");
  s.outcome.end = Flooded{Phase::test, 100};
  CHECK(s.judge().blame == Blame::test);
  s.find("bad pmd");
  check(s, "flood", Verdict::fail, Blame::kernel,
        "the console was flooded in phase test: 100 bytes; finding: bad pmd");
}

TEST_CASE("poweroff: a guest that powers off by itself did not finish its test") {
  Scene s;
  s.outcome.end = PoweredOff{Phase::test};
  check(s, "poweroff", Verdict::fail, Blame::test, "the guest powered off by itself in phase test");
  s.outcome.end = PoweredOff{Phase::boot};
  CHECK(s.judge().blame == Blame::kernel);
}

TEST_CASE("finding: outranks all that could not be seen") {
  Scene s;
  s.find("bad pud");
  s.fail_subtest();
  const std::string reason = "finding: bad pud; not ok: write after PROT_READ faults";
  check(s, "finding", Verdict::fail, Blame::kernel, reason);
  s.observation.canaries.clear();
  s.observation.lost_kmsg = 3;
  s.observation.unmet = {"x"};
  s.outcome.prepare_errors = {"y"};
  s.outcome.end = BadAgent{Phase::test, "z"};
  check(s, "finding", Verdict::fail, Blame::kernel, reason);
}

TEST_CASE("finding: one of an inner guest names its level, and many are counted") {
  Scene s;
  for (const char* title : {"a", "a", "b", "c", "d"})
    s.find(title);
  s.observation.findings[2].level = 2;
  CHECK(s.judge().reason == "finding: a, b (L2), c and 1 more");
}

TEST_CASE("taint: growth is the kernel's fault and is decoded") {
  Scene s;
  s.outcome.taint = Taint{1, 1 | 512 | 1 << 14};
  check(s, "taint", Verdict::fail, Blame::kernel,
        "the kernel's taint grew: W (kernel issued warning), L (soft lockup)");
  s.outcome.taint = Taint{512, 512};
  CHECK(s.judge().verdict == Verdict::pass);
}

TEST_CASE("agent: nonsense on its port means that nothing can be believed") {
  Scene s;
  s.outcome.end = BadAgent{Phase::test, "frame of 4 GiB"};
  check(s, "agent", Verdict::broken, Blame::host,
        "the agent could not be believed in phase test: frame of 4 GiB");
}

TEST_CASE(
    "unreachable: a kernel without virtio lacks a need, a port that is taken away blinds us") {
  Scene s;
  s.outcome = {.end = Unreachable{Phase::boot, "the kernel has no virtio_console"}};
  check(s, "unreachable", Verdict::miss, Blame::config,
        "the agent could not talk to the host in phase boot: the kernel has no virtio_console");
  s.outcome.end = Unreachable{Phase::test, "its port is gone"};
  check(s, "unreachable", Verdict::broken, Blame::host,
        "the agent could not talk to the host in phase test: its port is gone");
}

TEST_CASE("blind: each missing canary is broken and names its log") {
  Scene s;
  s.observation.canaries[0].begin = false;
  check(s, "blind", Verdict::broken, Blame::host, "the begin canary was not seen on L1's console");
  Scene t;
  t.observation.canaries[1].end = false;
  check(t, "blind", Verdict::broken, Blame::host, "the end canary was not seen on L1's kmsg");
  Scene u;
  u.observation.canaries.clear();
  check(u, "blind", Verdict::broken, Blame::host,
        "the begin canary was not seen on L1's console, L1's kmsg");
  Scene v;
  v.observation.canaries.push_back({2, Source::console, true, false});
  check(v, "blind", Verdict::broken, Blame::host, "the end canary was not seen on L2's console");
}

TEST_CASE("blind: lost kmsg records and an untold taint are broken") {
  Scene s;
  s.observation.lost_kmsg = 7;
  s.outcome.taint.reset();
  check(s, "blind", Verdict::broken, Blame::host,
        "7 kmsg records were lost, the agent never told the kernel's taint");
}

TEST_CASE("blind: reports that were left out are in no expectation, be all others known") {
  Scene s;
  s.observation.left_out = 1;
  check(s, "blind", Verdict::broken, Blame::host, "1 more report was left out: too many to keep");
  s.find("bad pud");
  s.observation.findings.back().known.place = "known.yaml:3:5";
  s.observation.left_out = 3;
  CHECK_FALSE(s.judge().expected);
  s.observation.left_out = 0;
  CHECK(s.judge().expected);
}

TEST_CASE("unmet: needs unmet before the boot are skip, though the guest ran") {
  Scene s;
  s.observation.unmet = {"kernel lacks CONFIG_DEV_DAX"};
  check(s, "unmet", Verdict::skip, Blame::config, "kernel lacks CONFIG_DEV_DAX");
}

TEST_CASE("prepare: a module that did not load is miss") {
  Scene s;
  s.outcome.prepare_errors = {"finit_module dax_pmem: No such device"};
  s.outcome.exit.reset();
  check(s, "prepare", Verdict::miss, Blame::config, "finit_module dax_pmem: No such device");
}
