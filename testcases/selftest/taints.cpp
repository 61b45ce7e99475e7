// Taints the kernel with TAINT_WARN, silently.
#include "lib/case.hpp"
#include "lib/sysfs.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/taints",
      .summary = "taints the kernel with TAINT_WARN, silently",
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  lib::sysfs::write("/proc/sys/kernel/tainted", "512");  // TAINT_WARN: 1 << 9
  test.run("the kernel is tainted", [](lib::Check& check) {
    const auto taint = lib::sysfs::read_number("/proc/sys/kernel/tainted");
    check.that((taint & 512) != 0, "tainted is %llu", taint);
  });
  return test.finish();
}
