// Faults of guests inside guests: each is told with the level where it happened.
#include <doctest/doctest.h>

#include "e2e/kernel_tree.hpp"
#include "e2e/support.hpp"

using namespace kproof::e2e;
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
  return run_plan(directory() / "nested.yaml", directory() / name, options,
                  std::chrono::minutes(8));
}

static const Run& run_of_faults() {
  static const Run faults = run("faults", {"--kernel", "debian-6.1", "--topology", "nested"});
  return faults;
}

static const std::string kNested = "debian-6.1/nested/";

TEST_CASE("a run of nested guests that end badly ends whole and leaves nothing running") {
  check_whole(run_of_faults(), 69, 5);
}

TEST_CASE("a case in L2 passes with the evidence of its topology") {
  check_ending(run_of_faults(), kNested + "selftest/pass",
               {"pass", "none", "1 of 2 subtests ok, 1 skipped; 5 evidence proven"});
  const Json& evidence = cell(run_of_faults(), kNested + "selftest/pass").at("evidence");
  for (const char* name : {"module_parameters", "mmu_mode_of_guest", "runs_on_kvm", "ram_backing"})
    CHECK(evidence.at(name).at("proven") == true);
}

TEST_CASE("a panic of L2 is a crash of that level, and its finding carries the level") {
  const std::string id = kNested + "selftest/kernel_panic";
  check_ending(run_of_faults(), id,
               {"crash", "kernel", "L2: the kernel panicked in phase test; finding: .*"});
  const Json& panicked = cell(run_of_faults(), id);
  CHECK(titles(panicked) == Titles{"kernel panic: sysrq triggered crash"});
  CHECK(panicked.at("findings")[0].at("level") == 2);
}

TEST_CASE("L2 hangs while L1 lives: the hang is L2's, and L1 ends in the orderly way") {
  const std::string id = kNested + "selftest/kernel_hang";
  check_ending(run_of_faults(), id,
               {"hang", "kernel", "L2: the guest was silent for 2[45]\\.[0-9]s in phase test"});
  CHECK(
      read_log(run_of_faults(), cell(run_of_faults(), id), "console").find("reboot: Power down") !=
      std::string::npos);
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

TEST_CASE("an L1 whose CPU cannot virtualise is a miss with the fact") {
  const Run without =
      run("no-svm", {"--kernel", "debian-6.1", "--topology", "no-svm", "--case", "selftest/pass"});
  check_ending(
      without, "debian-6.1/no-svm/selftest/pass",
      {"miss", "config", "L1: module kvm_amd: .*, no /dev/kvm: the CPU shows neither svm nor vmx"});
}

TEST_CASE("a tree that does not fit is refused before any boot, with the place and the numbers") {
  const Run refused = run("too-large", {"--kernel", "debian-6.1", "--topology", "too-large"});
  CHECK(refused.process.exit_code == 2);
  CHECK(refused.process.err.find("nested.yaml:15:3: topology `too-large`: L1 has 1G of memory, and "
                                 "needs 1G for the RAM of L2") != std::string::npos);
}

TEST_CASE("an L1 kernel without KVM's module is a miss with the fact, before any boot") {
  const Run without =
      run("no-kvm", {"--kernel", "no-kvm", "--topology", "nested", "--case", "selftest/pass"});
  check_ending(without, "no-kvm/nested/selftest/pass",
               {"miss", "config", "the kernel has no module kvm_amd"});
  CHECK(cell(without, "no-kvm/nested/selftest/pass").at("phases").empty());
}
