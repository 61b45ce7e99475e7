#include "selftest/agent_tracer.hpp"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include "lib/safe.hpp"

namespace kproof::selftest {

void stop_agent() {
  lib::safe::check(::ptrace(PTRACE_SEIZE, 1, nullptr, nullptr), "ptrace(PTRACE_SEIZE, 1)");
  lib::safe::check(::ptrace(PTRACE_INTERRUPT, 1, nullptr, nullptr), "ptrace(PTRACE_INTERRUPT, 1)");
  lib::safe::check(::waitpid(1, nullptr, __WALL), "waitpid(1)");
}

}  // namespace kproof::selftest
