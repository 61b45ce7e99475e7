// The kernel's own selftests, built of the source of Debian's 6.1 and run on it:
// plans/selftests.yaml.
#include <doctest/doctest.h>

#include "e2e/support.hpp"

namespace kproof::e2e::real_selftests_test {

static const Run& run() {
  static const Run run = run_plan(plan("selftests"), fresh_directory("selftests"));
  return run;
}

TEST_CASE("a selftest of KVM passes, and shows that it ran a guest by the shadow MMU") {
  check_whole(run(), 1, 2);
  const Json& passed = cell(run(), "debian-6.1/l1/kselftest-kvm/demand_paging_test");
  CHECK(passed.at("verdict") == "pass");
  for (const char* name : {"guest_entered", "mmu_mode"}) {
    CAPTURE(name);
    CHECK(passed.at("evidence").at(name).at(0).at("proven") == true);
  }
}

TEST_CASE("a selftest that this kernel's source has not is a skip that says so") {
  check_ending(run(), "debian-6.1/l1/kselftest-kvm/guest_memfd_test",
               {"skip", "config", "linux-source-6.1 .* has no selftest kvm/guest_memfd_test"});
}

}  // namespace kproof::e2e::real_selftests_test
