// Declares evidence and passes without ever proving it.
#include "lib/case.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/no_evidence",
      .summary = "declares evidence and passes without ever proving it",
      .evidence = {"never_proven"},
  };
  lib::Case test(argc, argv, description);
  test.plan(1);
  test.run("one is one", [](lib::Check& check) { check.that(1 == 1, "one is not one"); });
  return test.finish();
}
