// Kills the agent. PID 1 ignores even SIGKILL, unless the kernel forces a signal on it: a tracer
// lets it jump to address 0, where it takes a SIGSEGV, and the kernel panics: "Attempted to kill
// init!". An agent that handles SIGSEGV can still say so.
#include <sys/ptrace.h>
#include <sys/user.h>
#include <unistd.h>

#include "lib/case.hpp"
#include "lib/safe.hpp"
#include "selftest/agent_tracer.hpp"
#include "selftest/guard.hpp"

using namespace kproof;

int main(int argc, char** argv) {
  const lib::Description description{
      .name = "selftest/kills_agent",
      .summary = "kills the agent, which is PID 1, so the kernel panics",
      .timeout_ms = 5000,
  };
  lib::Case test(argc, argv, description);
  selftest::only_in_a_throwaway_guest();
  test.plan(1);
  selftest::stop_agent();
  user_regs_struct registers;
  lib::safe::check(::ptrace(PTRACE_GETREGS, 1, nullptr, &registers), "ptrace(PTRACE_GETREGS, 1)");
  registers.rip = 0;
  registers.orig_rax = -1ull;  // no system call to restart
  lib::safe::check(::ptrace(PTRACE_SETREGS, 1, nullptr, &registers), "ptrace(PTRACE_SETREGS, 1)");
  lib::safe::check(::ptrace(PTRACE_DETACH, 1, nullptr, nullptr), "ptrace(PTRACE_DETACH, 1)");
  for (;;)
    ::pause();
}
