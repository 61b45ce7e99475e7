// The virtio-serial port through which the agent, PID 1, speaks to kproof.
#pragma once

namespace kproof::selftest {

// A duplicate of the agent's own descriptor of it, by pidfd_getfd(2): to open a port a second time
// fails with EBUSY, even through /proc/1/fd. Bails out if PID 1 has none.
int steal_agent_port();

}  // namespace kproof::selftest
