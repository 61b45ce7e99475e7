// ci/plans/kvm.yaml, the part of it that ci/test has time for: what the kernel under test does to
// the guests that it runs itself, in both MMU modes.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "e2e/support.hpp"

namespace kproof::e2e::guest_kvm_test {
namespace fs = std::filesystem;

static Run run_part(const std::string& name, const std::vector<std::string>& filter) {
  return run_plan(fs::path(KPROOF_TEST_DIR "/../../ci/plans/kvm.yaml"), fresh_directory(name),
                  filter);
}

static const Run& run() {
  static const Run run =
      run_part("kvm", {"--case", "kvm/stale_anon", "--case", "kvm/stale_devdax_1g"});
  return run;
}

TEST_CASE("every cell is as its plan expects, and nothing is left running") {
  check_whole(run(), 0, 8);
}

TEST_CASE("a storm of mprotect loses no write of a guest") {
  check_whole(run_part("kvm-storm", {"--case", "kvm/mprotect_storm"}), 0, 4);
}

// Each in the mode in which KVM has most to do with it.
TEST_CASE("guests that change page tables, and guests of guests, see what they should") {
  struct Part {
    const char *name, *topology, *evidence;
  };
  for (const auto& [name, topology, evidence] :
       {Part{"kvm/guest_tables", "l1-shadow", "kvm_followed"},
        Part{"kvm/nested_raw", "l1-tdp", "l2_sptes"}}) {
    const Run part = run_part(fmt::format("kvm-{}", topology),
                              {"--case", name, "--topology", topology, "--kernel", "debian-6.12"});
    check_whole(part, 0, 1);
    const Json& found = cell(part, fmt::format("debian-6.12/{}/{}", topology, name));
    CHECK(found.at("verdict") == "pass");
    CHECK(found.at("evidence").at(evidence).at(0).at("proven") == true);
  }
}

TEST_CASE("on 6.1 a guest goes on writing to device DAX of 1 GiB that its host made read-only") {
  for (const char* mmu : {"l1-shadow", "l1-tdp"}) {
    const Json& found = cell(run(), std::string("debian-6.1/") + mmu + "/kvm/stale_devdax_1g");
    CHECK(found.at("verdict") == "fail");
    CHECK(titles(found) == std::vector<std::string>{"bad pud"});
    CHECK(failed_subtests(found).size() == 10);
  }
}

TEST_CASE("6.12 lets no stale mapping of a guest live, and the MMU mode is proven for each cell") {
  for (const std::string mmu : {"shadow", "tdp"})
    for (const char* name : {"stale_anon", "stale_devdax_1g"}) {
      const Json& found = cell(run(), "debian-6.12/l1-" + mmu + "/kvm/" + name);
      CHECK(found.at("verdict") == "pass");
      const Json& mode = found.at("evidence").at("mmu_mode").at(0);
      CHECK(mode.at("proven") == true);
      CHECK(mode.at("fact").get<std::string>().starts_with(mmu + " (declared: " + mmu + ")"));
    }
}

}  // namespace kproof::e2e::guest_kvm_test
