// Dies of SIGSEGV after its first subtest.
#include "lib/case.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/crash_sigsegv",
      .summary = "dies of SIGSEGV after its first subtest",
  };
  lib::Case test(argc, argv, description);
  test.plan(2);
  test.run("one is one", [](lib::Check& check) { check.that(1 == 1, "one is not one"); });
  test.run("a null pointer can be written", [](lib::Check&) {
    volatile int* volatile nowhere = nullptr;
    *nowhere = 1;
  });
  return test.finish();
}
