// Another user than ours, where we are root and what we run need not be.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace kproof::util {

struct User {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups = {};  // besides `gid`
};

// "" when this process may become `user`, else what keeps it from that: it is not root, it lacks a
// capability, or its user namespace (a container) has no such user.
std::string why_not_become(const User& user);

// For the rest of this process, which is about to exec: no way back, and no set-user-ID program
// gives more. False, with errno, when it cannot be. Async-signal-safe.
bool become(const User& user) noexcept;

// As long as it lives, this thread's accesses to files are `user`'s: a name that he can turn into a
// link leads us nowhere that he could not go himself. Without a user nothing changes. HostError
// when it cannot be. Threads that are started meanwhile inherit it.
class ActingAs {
 public:
  explicit ActingAs(const User* user);
  ~ActingAs();
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

 private:
  void set(uid_t uid, gid_t gid, const std::vector<gid_t>& groups);
  bool acting_ = false;
  std::vector<gid_t> groups_;  // ours
};

// The first directory on the way to `path` that `user` may not enter; "" when he gets there.
std::filesystem::path barrier(const User& user, const std::filesystem::path& path);

}  // namespace kproof::util
