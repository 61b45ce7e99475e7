// Spins in the kernel with interrupts off, for ever: cli; 1: pause; jmp 1b.
#include "lib/case.hpp"
#include "selftest/doctored_module.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/irqs_off",
      .summary = "spins in the kernel with interrupts off",
      .needs = {.modules = {"softdog"}},
      .timeout_ms = 20000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  selftest::run_in_kernel("softdog", "\xfa\xf3\x90\xeb\xfc");
  lib::ktap::bail_out("the kernel came back");
}
