// Panics the kernel (sysrq c).
#include "lib/case.hpp"
#include "lib/sysfs.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/kernel_panic",
      .summary = "panics the kernel (sysrq c)",
      .needs = {.kconfig = {"CONFIG_MAGIC_SYSRQ"}},
      .timeout_ms = 5000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  lib::sysfs::write("/proc/sys/kernel/sysrq", "1");
  lib::sysfs::write("/proc/sysrq-trigger", "c");
  lib::ktap::bail_out("the kernel survived sysrq c");
}
