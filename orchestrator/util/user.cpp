#include "util/user.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/proc_file.hpp"

namespace kproof::util {
namespace fs = std::filesystem;

static bool has_capability(unsigned number) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  return ::syscall(SYS_capget, &header, data) == 0 &&
         (data[CAP_TO_INDEX(number)].effective & CAP_TO_MASK(number)) != 0;
}

// "inside outside count" a line (user_namespaces(7)); no such file: no namespaces, all are there.
static bool is_mapped(const char* map, unsigned long id) {
  const std::string text = read_proc_file(map);
  std::istringstream lines(text);
  for (unsigned long first = 0, outside = 0, count = 0; lines >> first >> outside >> count;)
    if (id >= first && id - first < count) return true;
  return text.empty();
}

std::string why_not_become(const User& user) {
  if (::geteuid() != 0) return "kproof is not run as root";
  if (!has_capability(CAP_SETUID) || !has_capability(CAP_SETGID))
    return "this root lacks CAP_SETUID or CAP_SETGID";
  if (!is_mapped("/proc/self/uid_map", user.uid))
    return fmt::format("this container has no user {}", user.uid);
  if (!is_mapped("/proc/self/gid_map", user.gid))
    return fmt::format("this container has no group {}", user.gid);
  return "";
}

bool become(const User& user) noexcept {
  return ::setgroups(user.groups.size(), user.groups.data()) == 0 &&
         ::setresgid(user.gid, user.gid, user.gid) == 0 &&
         ::setresuid(user.uid, user.uid, user.uid) == 0 &&
         ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

// The system calls themselves: glibc's setgroups() is for all threads.
void ActingAs::set(uid_t uid, gid_t gid, const std::vector<gid_t>& groups) {
  const bool grouped = ::syscall(SYS_setgroups, groups.size(), groups.data()) == 0;
  ::setfsgid(gid);
  ::setfsuid(uid);
  const bool done = static_cast<uid_t>(::setfsuid(static_cast<uid_t>(-1))) == uid &&
                    static_cast<gid_t>(::setfsgid(static_cast<gid_t>(-1))) == gid;
  if (!grouped || !done)
    throw HostError(fmt::format("cannot access files as user {}: {}", uid, std::strerror(errno)));
}

ActingAs::ActingAs(const User* user) {
  if (!user) return;
  groups_.resize(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
  if (::getgroups(static_cast<int>(groups_.size()), groups_.data()) < 0)
    throw HostError(fmt::format("getgroups: {}", std::strerror(errno)));
  set(user->uid, user->gid, user->groups);
  acting_ = true;
}

// It is the way back to what we are, which the kernel never refuses; and to go on as somebody else
// would be worse than to end.
ActingAs::~ActingAs() {
  if (acting_) set(::geteuid(), ::getegid(), groups_);
}

fs::path barrier(const User& user, const fs::path& path) {
  const ActingAs acting(&user);
  fs::path entered;
  for (const fs::path& part : fs::absolute(path).lexically_normal()) {
    entered /= part;
    const Fd inside(::open((entered / ".").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!inside && errno == EACCES) return entered;
    if (!inside) break;
  }
  return {};
}

}  // namespace kproof::util
