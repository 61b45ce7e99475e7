// Passes: two subtests, one skipped for a reason, proven evidence, a metric.
#include "lib/case.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/pass",
      .summary = "passes: two subtests, one skipped for a reason, proven evidence, a metric",
      .evidence = {"is_here"},
  };
  lib::Case test(argc, argv, description);
  test.plan(2);
  test.evidence("is_here", true, "this line was printed");
  test.metric("answer", 42, "us");
  test.run("one is one", [](lib::Check& check) { check.that(1 == 1, "one is not one"); });
  test.run("two is not tried", [](lib::Check& check) { check.skip("one was enough"); });
  return test.finish();
}
