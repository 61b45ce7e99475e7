// The agent, PID 1, under a tracer: it ignores SIGSTOP and SIGKILL, and a tracer may stop it.
#pragma once

namespace kproof::selftest {

// Stops the agent, for as long as this process neither detaches nor ends. Bails out if it cannot.
void stop_agent();

}  // namespace kproof::selftest
