// Stops the agent for good, while the kernel goes on. PID 1 ignores SIGSTOP and SIGKILL, but a
// tracer may stop it: the agent stays stopped as long as this process, its tracer, lives.
#include <sys/ptrace.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"
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
  lib::safe::check(::ptrace(PTRACE_SEIZE, 1, nullptr, nullptr), "ptrace(PTRACE_SEIZE, 1)");
  lib::safe::check(::ptrace(PTRACE_INTERRUPT, 1, nullptr, nullptr), "ptrace(PTRACE_INTERRUPT, 1)");
  for (;;)
    ::pause();
}
