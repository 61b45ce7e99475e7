// Resets the machine without having been asked to.
#include <sys/reboot.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/reboots",
      .summary = "resets the machine without having been asked to",
      .timeout_ms = 5000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  lib::safe::check(::reboot(RB_AUTOBOOT), "reboot(RB_AUTOBOOT)");
  lib::ktap::bail_out("reboot(RB_AUTOBOOT) returned");
}
