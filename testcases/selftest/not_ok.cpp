// Has a subtest that fails.
#include "lib/case.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/not_ok",
      .summary = "has a subtest that fails",
  };
  lib::Case test(argc, argv, description);
  test.plan(2);
  test.run("one is one", [](lib::Check& check) { check.that(1 == 1, "one is not one"); });
  test.run("one is two", [](lib::Check& check) { check.that(1 == 2, "one is not two"); });
  return test.finish();
}
