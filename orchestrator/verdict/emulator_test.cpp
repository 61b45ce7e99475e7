#include "verdict/emulator.hpp"

#include "verdict/doubt.hpp"
#include "verdict/scene.hpp"

using namespace kproof;
using namespace kproof::verdict;

static constexpr bool kRealCpus = false;

static std::string sign(const Scene& scene, bool emulated = true) {
  return doubt(emulated, {&scene.observation, 1}, scene.judge()).sign;
}

namespace {
// A scene is not copied: its observation refers to its own outcome.
struct Reset : Scene {
  Reset() { outcome = {.end = Rebooted{Phase::test}}; }
};

// `code` as a kernel prints it: RIP's byte, behind the int3, in <>.
struct Int3Panic : Scene {
  explicit Int3Panic(const std::string& code) {
    outcome = {.end = Panicked{Phase::test}};
    observation.findings = {{.title = "int3 in apic_has_pending_timer",
                             .excerpt = "[  3.1] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI\n"
                                        "[  3.1] RIP: 0010:apic_has_pending_timer+0x5/0x50\n"
                                        "[  3.1] Code: " +
                                        code + "\n[  3.1] RSP: 0018:ffffc90000093e38\n",
                             .panicked = true}};
  }
};

// Of Debian's 6.1, at preempt_notifier_key.
struct Int3Loop : Scene {
  Int3Loop() {
    outcome = {.end = Silent{.phase = Phase::prepare, .after = util::Millis(90000)},
               .hang = Hang{.kind = HangKind::cpu_busy,
                            .cpus = {"CPU 0 is busy in the kernel, in asm_exc_int3+0x0/0x40",
                                     "CPU 1 is idle"}}};
    observation.findings = {{.title = "BUG: soft lockup in finish_task_switch",
                             .type = "HANG",
                             .culprit = {"finish_task_switch", 0, "CPU 0 runs it"}}};
  }
};
}  // namespace

TEST_CASE("a reset without a word may be the emulator's") {
  CHECK(sign(Reset()) == "L1 was reset in phase test without a word of its kernel");
  Reset scene;
  scene.outcome.end = Rebooted{Phase::test, true};  // "reboot: Restarting system"
  CHECK(sign(scene) == "");
}

// As Debian's 6.1 printed it (kvm/l2_linux).
static void add_entry_recursion(Scene& scene) {
  scene.outcome = {.end = Panicked{Phase::test}};
  scene.observation.findings = {
      {.title = "BUG: stack guard page was hit in error_entry",
       .excerpt =
           "[  188.1] BUG: TASK stack guard page was hit at 000000009d813ad3 (stack is 0..1)\n"
           "[  188.1] CPU: 0 PID: 106 Comm: CPU 0/KVM Not tainted 6.1.0-56-amd64 #1\n"
           "[  188.1] RIP: 0010:error_entry+0x1e/0x130\n",
       .panicked = true}};
}

TEST_CASE("a kernel that faults in its entry of page faults may be the emulator's") {
  Scene scene;
  add_entry_recursion(scene);
  CHECK(sign(scene) == "L1 faulted in its entry of a page fault until its stack was full");
  CHECK(sign(scene, kRealCpus) == "");
  scene.observation.findings[0].excerpt =
      "[  1.1] BUG: TASK stack guard page was hit at 1 (stack is 0..1)\n"
      "[  1.1] RIP: 0010:deep_recursion+0x1e/0x130\n";
  CHECK(sign(scene) == "");
}

TEST_CASE("a guest inside stalls while the one around it dies, and does nothing else") {
  Scene outer, inner;
  add_entry_recursion(outer);
  inner.observation.level = 2;
  inner.observation.findings = {{.title = "INFO: rcu detected stall in corrupted", .type = "HANG"}};
  const auto both = [&] {
    const std::vector<Observation> levels{outer.observation, inner.observation};
    return emulator_sign(levels);
  };
  CHECK(both() == "L1 faulted in its entry of a page fault until its stack was full");
  inner.observation.findings.push_back({.title = "WARNING in foo", .type = "WARNING"});
  CHECK(both() == "");
}

TEST_CASE("with real CPUs a triple fault is always the kernel's, and so is an int3") {
  CHECK(sign(Reset(), kRealCpus) == "");
  CHECK(sign(Int3Panic("eb <42> 4d"), kRealCpus) == "");
  CHECK(sign(Int3Loop(), kRealCpus) == "");
}

TEST_CASE("whatever else was seen is the kernel's") {
  Reset warned, not_ok;
  warned.find("WARNING in foo");
  CHECK(sign(warned) == "");
  not_ok.report.subtests[0].result = Subtest::Result::not_ok;
  CHECK(sign(not_ok) == "");
  Int3Panic poisoned("eb <42> 4d");
  poisoned.find("KASAN: use-after-free in foo");
  CHECK(sign(poisoned) == "");
}

TEST_CASE("an int3 that the text does not have is the emulator's, one that is there the kernel's") {
  CHECK(sign(Int3Panic("48 8b 04 25 eb <42> 4d 85")) ==
        "L1 ran an int3 that its text does not have: int3 in apic_has_pending_timer");
  CHECK(sign(Int3Panic("48 8b 04 25 cc <42> 4d 85")) == "");
  CHECK(sign(Int3Panic("48 8b 04 25 42 4d 85")) == "");  // where RIP is cannot be seen
  CHECK(sign(Int3Panic("<42>")) == "");
}

TEST_CASE(
    "a guest that tries an int3 for ever is the emulator's, with the lockups that it reports") {
  CHECK(sign(Int3Loop()) == "L1 hung in its handler of int3");
  Int3Loop scene;
  scene.outcome.hang->cpus = {"CPU 0 is busy in the kernel, in zap_pte_range+0x1/0x2"};
  CHECK(sign(scene) == "");
  scene.observation.findings[0].excerpt = "RIP: 0010:finish_task_switch\n ? asm_exc_int3+0x40\n";
  CHECK(sign(scene) == "L1 hung in its handler of int3");
}

TEST_CASE("a CPU that waits for the others, as it has patched the text, has met the emulator's") {
  Int3Loop scene;
  scene.outcome.hang->cpus = {
      "CPU 0 is busy in the kernel, in smp_call_function_many_cond+0xf1/0x330",
      "CPU 1 spins with interrupts off at RIP 0xffffffff81a44ffe"};
  scene.observation.findings[0].excerpt =
      "BUG: soft lockup - CPU#0 stuck for 26s! [kworker/0:1:17]\n"
      " on_each_cpu_cond_mask+0x20/0x40\n text_poke_bp_batch+0x2c0/0x300\n";
  CHECK(sign(scene) == "L1 hung while it patched its text: a CPU did not answer");
  CHECK(sign(scene, kRealCpus) == "");
  scene.observation.findings[0].excerpt = "BUG: soft lockup\n flush_tlb_mm_range+0x20/0x40\n";
  CHECK(sign(scene) == "");
}

TEST_CASE("what passed or failed as expected is not doubted") {
  CHECK(sign(Scene{}) == "");
  Reset scene;
  scene.expectation = {.verdict = Verdict::crash, .place = "p.yaml:1:1"};
  CHECK(scene.judge().expected);
  CHECK(sign(scene) == "");
}
