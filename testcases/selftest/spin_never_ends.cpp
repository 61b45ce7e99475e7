// Spins for ever, deaf to SIGTERM.
#include <csignal>

#include "lib/case.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/spin_never_ends",
      .summary = "spins for ever, deaf to SIGTERM",
      .timeout_ms = 3000,
  };
  lib::Case test(argc, argv, description);
  test.plan(1);
  ::signal(SIGTERM, SIG_IGN);
  for (volatile unsigned long turns = 0;;)
    turns = turns + 1;
}
