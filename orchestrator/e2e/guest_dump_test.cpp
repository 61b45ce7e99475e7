// `kproof dump`: the core is whole, of that kernel, and of the moment that was asked for. crash
// opens it as far as it can without debug information, which the packages of these kernels do not
// have.
#include <doctest/doctest.h>

#include "e2e/leftovers.hpp"
#include "e2e/support.hpp"
#include "util/files.hpp"

namespace kproof::e2e::guest_dump_test {
namespace fs = std::filesystem;

static constexpr auto kRun = std::chrono::minutes(5);

static fs::path plan_file() {
  static const fs::path directory = fresh_directory("dump");
  const fs::path file = directory / "plan.yaml";
  util::write_file_atomically(
      file,
      "schema: 1\nname: dump\nkernels: { k: { package: linux-image-6.12-amd64 } }\n"
      "topologies: { l1: { memory: 512M } }\n"
      "cases: [mm/dax_1g_uffd, mm/thp_mprotect]\n");
  return file;
}

static util::CommandResult dump(const std::string& cell, const std::string& on) {
  const fs::path out = plan_file().parent_path() / on;
  auto result = util::run({.argv = {KPROOF_PROGRAM, "dump", "k/l1/" + cell, "--plan", plan_file(),
                                    "--on", on, "--out", out},
                           .deadline = kRun});
  CHECK(left_by_run(out) == std::vector<std::string>{});
  return result;
}

static fs::path core_of(const std::string& cell, const std::string& on) {
  return plan_file().parent_path() / on / "cells/k/l1" / cell / "vmcore";
}

static bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

// A kdump-compressed file, with the vmcoreinfo that the guest's kernel left with QEMU.
static void check_core(const fs::path& core) {
  REQUIRE(fs::exists(core));
  CHECK(util::read_file(core).starts_with("KDUMP   "));
  CHECK((fs::status(core).permissions() & fs::perms::owner_read) != fs::perms::none);
  CHECK_FALSE(fs::exists(core.string() + ".part"));
  const auto release = util::run({.argv = {"crash", "--osrelease", core}});
  CHECK(release.out.starts_with("6.12."));
}

TEST_CASE("a WARNING has its kernel panic, and its memory is kept as it stands there") {
  const auto result = dump("mm/dax_1g_uffd", "finding");
  CAPTURE(result.err);
  CHECK(result.exit_code == 0);
  CHECK(holds(result.err, "finding: WARNING in change_huge_pud"));
  CHECK(holds(result.err, "of a guest of 512M), read at: a finding on the console (L1)"));
  CHECK(holds(result.err, "-dbg"));  // what to install for crash
  check_core(core_of("mm/dax_1g_uffd", "finding"));
}

TEST_CASE("a case that passes is read at its end, where that is asked for, and goes on to pass") {
  const auto result = dump("mm/thp_mprotect", "end");
  CAPTURE(result.err);
  CHECK(result.exit_code == 0);
  CHECK(holds(result.err, "read at: the case exited with 0 (L1)"));
  CHECK(holds(result.err, "1 cell: 1 pass"));
  check_core(core_of("mm/thp_mprotect", "end"));
}

}  // namespace kproof::e2e::guest_dump_test
