// Suspends the guest to idle (s2idle): every task is frozen, every CPU idle, the console suspended,
// and nothing wakes it. To the host it is a guest that says no more and uses no CPU.
#include "lib/case.hpp"
#include "lib/sysfs.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/kernel_sleeps",
      .summary = "suspends the guest to idle, where nothing wakes it",
      .needs = {.kconfig = {"CONFIG_SUSPEND"}},
      .timeout_ms = 5000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  lib::sysfs::write("/sys/power/state", "freeze");
  lib::ktap::bail_out("something woke the guest");
}
