// Runs around a guest and kills its QEMU, as the OOM killer might.
#include <csignal>
#include <cstdlib>

#include <unistd.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/kills_inner_qemu",
      .summary = "kills the QEMU of the guest inside this one",
      .timeout_ms = 5000,
      .inside = "selftest/never_ends",
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  const char* pid = std::getenv("KPROOF_INNER_PID");
  if (!pid) lib::ktap::bail_out("KPROOF_INNER_PID is not set: there is no guest inside");
  test.plan(1);
  test.run("the guest inside is killed", [&](lib::Check& check) {
    check.that(::kill(std::atoi(pid), SIGKILL) == 0, "kill(%s, SIGKILL) fails", pid);
  });
  return test.finish();
}
