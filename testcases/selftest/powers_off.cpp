// Powers the machine off in the middle of the case.
#include <sys/reboot.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/powers_off",
      .summary = "powers the machine off in the middle of the case",
      .timeout_ms = 5000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  lib::safe::check(::reboot(RB_POWER_OFF), "reboot(RB_POWER_OFF)");
  lib::ktap::bail_out("reboot(RB_POWER_OFF) returned");
}
