// Stops the agent for good, while the kernel goes on: as long as this process, its tracer, lives.
#include <unistd.h>

#include "lib/case.hpp"
#include "selftest/agent_tracer.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/stops_agent",
      .summary = "stops the agent for good, while the kernel goes on",
      .timeout_ms = 5000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  selftest::stop_agent();
  for (;;)
    ::pause();
}
