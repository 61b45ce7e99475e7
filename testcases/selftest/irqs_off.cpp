// Spins in the kernel with interrupts off, for ever, on the last CPU: cli; 1: pause; jmp 1b.
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/cpu.hpp"
#include "selftest/doctored_module.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/irqs_off",
      .summary = "spins in the kernel with interrupts off, on the last CPU",
      .needs = {.modules = {"softdog"}},
      .timeout_ms = 20000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  lib::stay_on_cpus({static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)) - 1});
  selftest::run_in_kernel("softdog", "\xfa\xf3\x90\xeb\xfc");
  lib::ktap::bail_out("the kernel came back");
}
