#include "run/hang.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::run;
using model::HangKind;

namespace {

CpuSample spinning(int cpu) {
  return {.cpu = cpu, .rip = 0xffffffff81000010, .interrupts = false};
}
CpuSample idle(int cpu) {
  return {.cpu = cpu, .rip = 0xffffffff81a592eb, .interrupts = true, .halted = true};
}
CpuSample in_user(int cpu) {
  return {.cpu = cpu, .rip = 0x401000, .interrupts = true, .user = true};
}
CpuSample in_kernel(int cpu) {
  return {.cpu = cpu, .rip = 0xffffffff81000020, .interrupts = true};
}

// A guest that was up and whose agent does not answer.
HangFacts silent(const std::vector<CpuSample>& first, const std::vector<CpuSample>& second) {
  return {.hello = true, .console_bytes = 1000, .samples = {first, second}};
}

agent::Task task(int tid, const char* state, const char* wchan = "", std::uint64_t switches = 7) {
  return {
      .pid = 70, .tid = tid, .name = "case", .state = state, .wchan = wchan, .switches = switches};
}

HangFacts answers(const std::vector<agent::Task>& before, const std::vector<agent::Task>& now) {
  return {.hello = true, .answers = true, .tasks_before = before, .tasks = now};
}

}  // namespace

TEST_CASE("a CPU in the kernel with interrupts off in every round spins, whatever others do") {
  const auto hang = understand(silent({idle(0), spinning(1)}, {idle(0), spinning(1)}));
  CHECK(hang.kind == HangKind::irqs_off);
  CHECK(hang.reason == "CPU 1 spins with interrupts off at RIP 0xffffffff81000010");
  CHECK(hang.cpus.at(0) == "CPU 0 is idle");
}

TEST_CASE("a CPU that spins is the kernel's hang, also while the agent answers by another one") {
  auto facts = answers({task(70, "R")}, {task(70, "R")});
  facts.samples = {{spinning(0), idle(1)}, {spinning(0), idle(1)}};
  const auto hang = understand(facts);
  CHECK(hang.kind == HangKind::irqs_off);
  CHECK(hang.reason ==
        "the agent answers, by another CPU: CPU 0 spins with interrupts off at RIP "
        "0xffffffff81000010");
  CHECK(hang.tasks.size() == 1);
}

TEST_CASE("a CPU that was seen once with interrupts on does not spin with them off") {
  const auto hang = understand(silent({spinning(0)}, {in_kernel(0)}));
  CHECK(hang.kind == HangKind::cpu_busy);
}

TEST_CASE("where the kernel itself said where its CPU stood, that is the place") {
  auto facts = silent({spinning(0)}, {spinning(0)});
  facts.functions = {{0, "spin_for_ever+0x4/0x10"}};
  CHECK(understand(facts).reason == "CPU 0 spins with interrupts off in spin_for_ever+0x4/0x10");
}

TEST_CASE("busy CPUs with interrupts on keep the agent from running") {
  auto facts = silent({in_user(0), in_user(1)}, {in_user(0), in_user(1)});
  facts.sysrq_answered = true;
  const auto hang = understand(facts);
  CHECK(hang.kind == HangKind::cpu_busy);
  CHECK(hang.reason ==
        "interrupts are on and the agent does not run: CPU 0 runs user code, 2 of 2 times, CPU 1 "
        "runs user code, 2 of 2 times; "
        "the kernel answers sysrq");
}

TEST_CASE("idle CPUs are idle by QEMU's word, or by the HLT before their instruction") {
  CHECK(understand(silent({idle(0)}, {idle(0)})).kind == HangKind::cpus_idle);
  auto on_kvm = silent({in_kernel(0)}, {in_kernel(0)});
  on_kvm.at_hlt = {0};
  CHECK(understand(on_kvm).reason == "every CPU is idle; the kernel does not answer sysrq");
}

TEST_CASE("a halted CPU that no interrupt can wake is said to be that") {
  auto dead = idle(0);
  dead.interrupts = false;
  const auto hang = understand(silent({dead}, {dead}));
  CHECK(hang.kind == HangKind::cpus_idle);
  CHECK(hang.cpus.at(0) == "CPU 0 is halted with interrupts off");
}

TEST_CASE("a guest without hello was silent from the boot on, with what is known of it") {
  HangFacts facts{.samples = {{spinning(0)}, {spinning(0)}}};
  auto hang = understand(facts);
  CHECK(hang.kind == HangKind::boot);
  CHECK(hang.reason ==
        "silent from the boot on, with nothing on the console; CPU 0 spins with interrupts off at "
        "RIP 0xffffffff81000010");
  facts = {.console_bytes = 10, .last_line = "[ 1.0] Run /init"};
  hang = understand(facts);
  CHECK(hang.kind == HangKind::boot);
  CHECK(hang.reason == "silent from the boot on, last on the console: [ 1.0] Run /init");
}

TEST_CASE("one round of samples tells nothing") {
  HangFacts facts{.hello = true, .samples = {{spinning(0)}}};
  CHECK(understand(facts).kind == HangKind::unknown);
}

TEST_CASE("a task in D that did not run in between is hung, and outranks others") {
  const auto hang = understand(answers({task(70, "R", "", 1), task(71, "D", "pipe_read")},
                                       {task(70, "R", "", 9), task(71, "D", "pipe_read")}));
  CHECK(hang.kind == HangKind::hung_task);
  CHECK(hang.reason == "the agent answers, a task of the case hangs: 71 (case) D in pipe_read");
  CHECK(hang.tasks.size() == 2);
  CHECK(hang.agent_answers);
}

TEST_CASE("a task that was in D twice and ran in between is not hung") {
  CHECK(understand(answers({task(70, "D", "x", 1)}, {task(70, "D", "x", 2)})).kind ==
        HangKind::runs);
  CHECK(understand(answers({task(70, "R")}, {task(70, "D", "x")})).kind == HangKind::waits);
}

TEST_CASE("a case that sleeps for ever waits, one that burns its CPU runs") {
  CHECK(understand(answers({task(70, "S", "do_sys_pause")}, {task(70, "S", "do_sys_pause")}))
            .reason == "the agent answers, the case sleeps for ever: 70 (case) S in do_sys_pause");
  CHECK(understand(answers({task(70, "R")}, {task(70, "R")})).kind == HangKind::runs);
}

TEST_CASE("an agent that answers the ping and nothing else leaves it unknown") {
  const HangFacts facts{.hello = true, .answers = true};
  CHECK(understand(facts).kind == HangKind::unknown);
  CHECK(understand(answers({}, {})).kind == HangKind::unknown);
}

TEST_CASE("the place of each CPU is the first that the kernel's backtraces give") {
  const auto functions = functions_in(
      "[1.0] NMI backtrace for cpu 1\r\n[1.0] CPU: 1 PID: 9 Comm: x Not tainted\r\n"
      "[1.0] RIP: 0010:native_safe_halt+0xb/0x10\r\n[1.0] RIP: 0010:later+0x1/0x2\r\n"
      "[1.0] CPU: 0 UID: 0 PID: 9 Comm: y\n[1.0] RIP: 0033:0x401000\n");
  CHECK(functions == std::map<int, std::string>{{1, "native_safe_halt+0xb/0x10"}});
}

TEST_CASE("registers are read from what QEMU prints, whole CPUs only") {
  const auto samples = parse_registers(
      "\r\nCPU#0\r\nRAX=ffffffff81a592e0 RBX=0\r\nR14=0 R15=0\r\n"
      "RIP=ffffffff81a592eb RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1\r\nES =0000\r\n"
      "CPU#1\r\nEIP=0000fff0 EFL=00000002 [-------] CPL=3 II=0 A20=1 SMM=0 HLT=0\r\n"
      "CPU#2\r\nRIP=ffff");
  REQUIRE(samples.size() == 2);
  CHECK(samples[0].rip == 0xffffffff81a592eb);
  CHECK(samples[0].interrupts);
  CHECK(samples[0].halted);
  CHECK(samples[1].cpu == 1);
  CHECK(samples[1].rip == 0xfff0);
  CHECK(!samples[1].interrupts);
  CHECK(samples[1].user);
}

TEST_CASE("a byte of memory is read from what QEMU prints") {
  CHECK(parse_byte("ffffffff81a592ea: 0xf4\r\n") == 0xf4u);
  CHECK(!parse_byte("Cannot access memory\r\n"));
}
