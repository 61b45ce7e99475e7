// What a run has left behind on this host; other runs do not count.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace kproof::e2e {

// Processes whose arguments hold `text`, zombies left out.
std::vector<pid_t> processes_with(const std::string& text);
// The guests of the kproof with this pid.
std::vector<pid_t> guests_of(pid_t kproof);

// What the kproof with this pid, whose results are in `out`, has left: guests and other processes
// that work for it, its directories in /dev/shm and /tmp, its agents' sockets, drafts in `out`; one
// line each. Empty is what is wanted.
std::vector<std::string> left_by(pid_t kproof, const std::filesystem::path& out);
// The same for the last run in `out`: its lock file tells the pid.
std::vector<std::string> left_by_run(const std::filesystem::path& out);

}  // namespace kproof::e2e
