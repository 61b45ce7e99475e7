// Bails out after its first subtest, as a set-up that failed would.
#include <fcntl.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/bails_out",
      .summary = "bails out after its first subtest, as a set-up that failed would",
  };
  lib::Case test(argc, argv, description);
  test.plan(2);
  test.run("one is one", [](lib::Check& check) { check.that(1 == 1, "one is not one"); });
  lib::safe::open("/nowhere/at/all", O_RDONLY);
  return test.finish();
}
