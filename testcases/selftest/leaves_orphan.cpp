// Passes, and leaves a child that keeps stdout open for ever.
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/leaves_orphan",
      .summary = "passes, and leaves a child that keeps stdout open for ever",
      .timeout_ms = 5000,
  };
  lib::Case test(argc, argv, description);
  test.plan(1);
  test.run("a child stays behind", [](lib::Check&) {
    if (lib::safe::check(::fork(), "fork") == 0)
      for (;;)
        ::pause();
  });
  return test.finish();
}
