// Plans three subtests, prints one, exits with 0.
#include "lib/case.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/truncated",
      .summary = "plans three subtests, prints one, exits with 0",
  };
  lib::Case test(argc, argv, description);
  test.plan(3);
  test.run("one is one", [](lib::Check& check) { check.that(1 == 1, "one is not one"); });
  return test.finish();
}
