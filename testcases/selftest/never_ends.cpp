// Sleeps for ever after its first subtest.
#include <unistd.h>

#include "lib/case.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/never_ends",
      .summary = "sleeps for ever after its first subtest",
      .timeout_ms = 3000,
  };
  lib::Case test(argc, argv, description);
  test.plan(2);
  test.run("one is one", [](lib::Check& check) { check.that(1 == 1, "one is not one"); });
  for (;;)
    ::pause();
}
