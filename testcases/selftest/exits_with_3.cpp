// Says that all is ok and exits with 3.
#include "lib/case.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/exits_with_3",
      .summary = "says that all is ok and exits with 3",
  };
  lib::Case test(argc, argv, description);
  test.plan(1);
  test.run("one is one", [](lib::Check& check) { check.that(1 == 1, "one is not one"); });
  return 3;
}
