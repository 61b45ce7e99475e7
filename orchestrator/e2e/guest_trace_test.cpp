// `kproof trace`: what trace-cmd reads in the files that it makes.
#include <doctest/doctest.h>

#include "e2e/leftovers.hpp"
#include "e2e/support.hpp"
#include "util/files.hpp"

namespace kproof::e2e::guest_trace_test {
namespace fs = std::filesystem;

static constexpr auto kRun = std::chrono::minutes(5);

// mm/dax_1g_uffd has 6.12 warn (ci/plans/uffd.yaml).
static fs::path plan_file() {
  static const fs::path directory = fresh_directory("trace");
  const fs::path file = directory / "plan.yaml";
  util::write_file_atomically(
      file,
      "schema: 1\nname: trace\nkernels: { k: { package: linux-image-6.12-amd64 } }\n"
      "topologies: { shadow: { vcpus: 2, memory: 1G, mmu: shadow } }\n"
      "cases:\n  - mm/dax_1g_uffd\n"
      "  - { case: kvm/stale_mapping, as: kvm/stale, args: [--backing, thp, --seconds, '0.2'] }\n");
  return file;
}

// `kproof trace WORDS... --out <its directory>/NAME`.
static util::CommandResult trace(const std::string& name, std::vector<std::string> words) {
  const fs::path out = plan_file().parent_path() / name;
  std::vector<std::string> argv{KPROOF_PROGRAM, "trace"};
  argv.insert(argv.end(), words.begin(), words.end());
  argv.insert(argv.end(), {"--out", out});
  auto result = util::run({.argv = argv, .deadline = kRun});
  CHECK(left_by_run(out) == std::vector<std::string>{});
  return result;
}

static std::vector<std::string> of_plan(const std::string& cell, const std::string& events) {
  return {"k/shadow/" + cell, "--plan", plan_file(), "--events", events};
}

static fs::path cell_directory(const std::string& name, const std::string& cell) {
  return plan_file().parent_path() / name / "cells/k/shadow" / cell;
}

static std::string reported(const fs::path& file) {
  const auto result =
      util::run({.argv = {"trace-cmd", "report", "-t", file}, .output_limit = 256 << 20});
  CAPTURE(result.err);
  CHECK(result.ok());
  return result.out;
}

static bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

TEST_CASE("the events of a KVM case are in a trace.dat that trace-cmd reads, to the case's end") {
  const auto result = trace("kvm", of_plan("kvm/stale", "kvm:kvm_exit,kvm:*page_fault,kvmmmu"));
  CAPTURE(result.err);
  REQUIRE(result.exit_code == 0);
  CHECK(holds(result.err, "stopped at: the case ended"));
  const std::string report = reported(cell_directory("kvm", "kvm/stale") / "trace.dat");
  for (const char* part : {"kvm_exit:", "kvm_page_fault:", "kvm_mmu_", "kproof: the case starts",
                           "kproof: the case ended", "stale_mapping-"})
    CHECK_MESSAGE(holds(report, part), part);
}

TEST_CASE("a WARNING stops a trace, and its functions are probed when its cell runs again") {
  const auto first = trace("warning", of_plan("mm/dax_1g_uffd", "exceptions:page_fault_user"));
  CAPTURE(first.err);
  REQUIRE(first.exit_code == 0);
  CHECK(holds(first.err, "finding: WARNING in change_huge_pud"));
  CHECK(holds(first.err, "stopped at: the kernel stopped it, as it does at a WARNING"));
  const fs::path cell = cell_directory("warning", "mm/dax_1g_uffd");
  const std::string report = reported(cell / "trace.dat");
  CHECK(holds(report, "page_fault_user:"));
  CHECK_FALSE(holds(report, "kproof: the case ended"));

  const auto again = trace("probes", {cell, "--rerun-with-probes"});
  CAPTURE(again.err);
  REQUIRE(again.exit_code == 0);
  const std::string probed = reported(cell_directory("probes", "mm/dax_1g_uffd") / "trace.dat");
  CHECK(holds(probed, "change_huge_pud:"));
  CHECK(holds(probed, "arg1=0x"));
}

TEST_CASE("an event that the kernel does not have is told with those that are near") {
  const auto result = trace("unknown", of_plan("mm/dax_1g_uffd", "exceptions:page_fault_usr"));
  CAPTURE(result.err);
  CHECK(result.exit_code == 2);
  CHECK(holds(result.err, "this kernel has no event exceptions:page_fault_usr"));
  CHECK(holds(result.err, "exceptions has page_fault_user, page_fault_kernel"));
}

}  // namespace kproof::e2e::guest_trace_test
