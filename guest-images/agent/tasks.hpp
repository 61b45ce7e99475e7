// What the tasks of a session do, as /proc tells.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "agent/messages.hpp"

namespace kproof::guest {

// The threads of all processes of the session that `leader` leads, at most 64. Reads nothing that
// needs the lock of a task's address space, which a task that hangs may hold.
std::vector<agent::Task> tasks_of_session(pid_t leader);

// "71 (a ) name) S 1 71 71 ...": name, state and session. False if it is no such line. Pure.
struct Stat {
  std::string name, state;
  pid_t session = 0;
};
bool parse_stat(const std::string& line, Stat& stat);

// The switches of /proc/TID/status, voluntary and not. Pure.
std::uint64_t parse_switches(const std::string& status);

}  // namespace kproof::guest
