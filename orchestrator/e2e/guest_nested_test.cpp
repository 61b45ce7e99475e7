// Faults of guests inside guests: each is told with the level where it happened.
#include <doctest/doctest.h>

#include "e2e/kernel_tree.hpp"
#include "e2e/support.hpp"

namespace kproof::e2e::guest_nested_test {
namespace fs = std::filesystem;
using Titles = std::vector<std::string>;

static fs::path directory() {
  static const fs::path made = [] {
    const fs::path path = fresh_directory("nested");
    make_tree(debian_root(), path / "trees/no-kvm", "kvm-amd");
    fs::copy_file(plan("nested"), path / "nested.yaml");
    return path;
  }();
  return made;
}

static Run run(const std::string& name, const std::vector<std::string>& options) {
  return run_plan(directory() / "nested.yaml", directory() / name, options);
}

static const Run& run_of_faults() {
  static const Run faults = run("faults", {"--kernel", "debian-6.1", "--topology", "nested"});
  return faults;
}

static const std::string kNested = "debian-6.1/nested/";

TEST_CASE("a run of nested guests that end badly ends whole and leaves nothing running") {
  check_whole(run_of_faults(), 1, 7);
}

TEST_CASE("each level says which CPU it had, though the plan names none") {
  const Json& levels = cell(run_of_faults(), kNested + "selftest/pass").at("levels");
  CHECK(levels.at(0).at("cpu") != "");
  CHECK(levels.at(1).at("cpu") == "host");
}

TEST_CASE("a case in L2 passes with the evidence of its topology") {
  check_ending(
      run_of_faults(), kNested + "selftest/pass",
      {"pass", "none",
       "1 of 2 subtests ok, 1 skipped \\(two is not tried: one was enough\\); 5 evidence proven"});
  const Json& evidence = cell(run_of_faults(), kNested + "selftest/pass").at("evidence");
  for (const char* name : {"module_parameters", "mmu_mode_of_guest", "runs_on_kvm", "ram_backing"})
    CHECK(evidence.at(name).at(0).at("proven") == true);
}

TEST_CASE("a panic of L2 is a crash of that level, and its finding carries the level") {
  const std::string id = kNested + "selftest/kernel_panic";
  check_ending(run_of_faults(), id,
               {"crash", "kernel", "L2: the kernel panicked in phase test; finding: .*"});
  const Json& panicked = cell(run_of_faults(), id);
  CHECK(titles(panicked) == Titles{"kernel panic: sysrq triggered crash"});
  CHECK(panicked.at("findings")[0].at("level") == 2);
}

// The cell whose L2 hung, once its class is what it must be and its traces hold the parts.
static const Json& hung(const std::string& name, const char* hang_class, const Ending& ending,
                        const std::vector<std::string>& parts) {
  check_ending(run_of_faults(), kNested + name, ending);
  const Json& found = cell(run_of_faults(), kNested + name);
  check_nothing_found(found, ending.may_find);
  REQUIRE(found.at("hangs").size() == 1);
  CHECK(found.at("hangs")[0].at("level") == 2);
  CHECK(found.at("hangs")[0].at("class") == hang_class);
  const std::string log = read_log(run_of_faults(), found, "hang-l2");
  for (const std::string& part : parts)
    CHECK_MESSAGE(log.find(part) != log.npos, part);
  return found;
}

static const std::string kSilent =
    "L2: the guest was silent for (2[4-9]|3[0-4])\\.[0-9]s in phase test: ";

TEST_CASE("L2 hangs while L1 lives: the hang is L2's, and L1 ends in the orderly way") {
  const Json& busy = hung("selftest/kernel_hang", "cpu_busy",
                          {"hang", "kernel",
                           kSilent + "interrupts are on and the agent does not run: CPU 0 runs "
                                     "user code, [2-5] of 5 times; the kernel answers sysrq"},
                          {"sysrq: Show backtrace of all active CPUs", "NMI backtrace for cpu 0",
                           "sysrq: Show Blocked State", "registers, round 5 of 5"});
  CHECK(read_log(run_of_faults(), busy, "console").find("reboot: Power down") != std::string::npos);
}

TEST_CASE("L2 spins with interrupts off: QEMU inside L1 tells, and an NMI says where") {
  hung("selftest/irqs_off", "irqs_off",
       {"hang", "kernel", kSilent + "CPU 0 spins with interrupts off in softdog_init\\+0x.*"},
       {"Kernel panic - not syncing: NMI: Not continuing", "RIP: 0010:softdog_init+0x", "RIP="});
}

TEST_CASE("a task of L2 hangs: its agent tells which, and where") {
  hung("selftest/stuck_task", "hung_task",
       {"hang", "kernel",
        "L2: the case did not end before its deadline: the agent answers, a task of the case "
        "hangs: [0-9]+ \\(stuck_task\\) D in pipe_read",
        0, "INFO: task hung in pipe_read"},
       {"pipe_read+0x", "== registers, round 5 of 5 ==", "task:stuck_task"});
}

TEST_CASE("L1 panics while L2 runs: the crash is L1's") {
  const std::string id = kNested + "around/kernel_panic";
  check_ending(run_of_faults(), id,
               {"crash", "kernel", "L1: the kernel panicked in phase test; finding: .*"});
  CHECK(cell(run_of_faults(), id).at("findings")[0].at("level") == 1);
}

TEST_CASE("the QEMU of L2 dies: broken, and it is said how") {
  check_ending(run_of_faults(), kNested + "around/kills_inner_qemu",
               {"broken", "host",
                "L2: host fault in phase test: QEMU was killed by signal 9 \\(Killed\\).*"});
}

TEST_CASE("with the canary suppressed at L2 no cell of that level can pass") {
  const Run blind =
      run("blind", {"--kernel", "debian-6.1", "--topology", "blind", "--case", "selftest/pass"});
  check_whole(blind, 69, 1);
  check_ending(blind, "debian-6.1/blind/selftest/pass",
               {"broken", "host", "L2: the begin canary was not seen on L2's console, L2's kmsg"});
}

TEST_CASE("an L2 that is reset behind its bye has crashed, and L1 has not") {
  const Run reset =
      run("reset", {"--kernel", "debian-6.1", "--topology", "reset", "--case", "selftest/pass"});
  check_whole(reset, 1, 1);
  check_ending(
      reset, "debian-6.1/reset/selftest/pass",
      {"crash", "kernel", "L2: the guest was reset in phase poweroff, unasked" + kRepeated});
}

TEST_CASE("an L1 whose CPU cannot virtualise is a miss with the fact") {
  const Run without =
      run("no-svm", {"--kernel", "debian-6.1", "--topology", "no-svm", "--case", "selftest/pass"});
  check_ending(
      without, "debian-6.1/no-svm/selftest/pass",
      {"miss", "config",
       "L1: module kvm_amd: .*, no /dev/kvm: the CPU shows neither svm nor vmx; the kernel said: "
       "\"kvm: no hardware support for 'kvm_amd'\""});
}

TEST_CASE("a tree that does not fit is refused before any boot, with the place and the numbers") {
  const Run refused = run("too-large", {"--kernel", "debian-6.1", "--topology", "too-large"});
  CHECK(refused.process.exit_code == 2);
  CHECK(refused.process.err.find("nested.yaml:17:3: topology `too-large`: L1 has 1G of memory, and "
                                 "needs 1G for the RAM of L2") != std::string::npos);
}

TEST_CASE("an L1 kernel without KVM's module is a miss with the fact, before any boot") {
  const Run without =
      run("no-kvm", {"--kernel", "no-kvm", "--topology", "nested", "--case", "selftest/pass"});
  check_ending(without, "no-kvm/nested/selftest/pass",
               {"miss", "config", "the kernel has no module kvm_amd"});
  CHECK(cell(without, "no-kvm/nested/selftest/pass").at("phases").empty());
}

}  // namespace kproof::e2e::guest_nested_test
