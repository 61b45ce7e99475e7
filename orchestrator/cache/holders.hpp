// Whose locks are held.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace kproof::cache {

// By inode; devices are left out, as not every file system tells the same one in both places.
using LockOwners = std::multimap<ino_t, pid_t>;

// /proc/locks, of which flocks that are held count, not those that are waited for. Pure.
LockOwners parse_locks(std::string_view text);

struct Hold {
  bool held = false;
  std::vector<pid_t> pids;  // none that is known: of another container
};
// Is a flock of any kind on `file`, which need not be there? Changes nothing of it.
Hold hold_of(const std::filesystem::path& file, const LockOwners& owners);

// "kproof run plan.yaml, pid 4711"
std::string process_name(pid_t pid);

}  // namespace kproof::cache
