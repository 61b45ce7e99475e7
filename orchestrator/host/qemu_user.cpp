#include "host/qemu_user.hpp"

#include <algorithm>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/subprocess.hpp"

namespace kproof::host {
namespace fs = std::filesystem;

static constexpr const char* kKvm = "/dev/kvm";
static constexpr const char* kAsRoot = "or --as-root, if you trust all guests as root";

static std::vector<gid_t> groups_of(const passwd& entry) {
  std::vector<gid_t> groups(64);
  int count = static_cast<int>(groups.size());
  if (::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &count) < 0) count = 0;
  groups.resize(static_cast<std::size_t>(count));
  std::erase(groups, entry.pw_gid);
  return groups;
}

// In a container the group of a device that was passed in has the host's number, and maybe no name.
static void add_group_of_kvm(util::User& user) {
  struct stat node {};
  if (::stat(kKvm, &node) != 0 || node.st_gid == 0 || node.st_gid == user.gid) return;
  if ((node.st_mode & 0060) == 0060 && !std::ranges::count(user.groups, node.st_gid))
    user.groups.push_back(node.st_gid);
}

static QemuUser choose() {
  for (const char* name : {"libvirt-qemu", "qemu", "nobody"})
    if (const passwd* entry = ::getpwnam(name)) {
      QemuUser found{name, {entry->pw_uid, entry->pw_gid, {}}};
      found.user.groups = groups_of(*entry);
      add_group_of_kvm(found.user);
      return found;
    }
  throw HostError("QEMU does not run as root, and there is no user libvirt-qemu, qemu or nobody",
                  fmt::format("apt-get install libvirt-daemon-system; {}", kAsRoot));
}

static void require_kvm(const QemuUser& user) {
  const util::ActingAs acting(&user.user);
  if (util::Fd(::open(kKvm, O_RDWR | O_CLOEXEC))) return;
  throw HostError(fmt::format("QEMU runs as {}, who may not open {}", user.name, kKvm),
                  fmt::format("chgrp kvm {0} && chmod 660 {0}; {1}", kKvm, kAsRoot));
}

static void require_qemu(const QemuUser& user) {
  const fs::path qemu = util::search_path("qemu-system-x86_64");
  if (const auto barrier = util::barrier(user.user, qemu.parent_path()); !barrier.empty())
    throw HostError(fmt::format("QEMU runs as {}, who may not enter {}, on the way to {}",
                                user.name, barrier.string(), qemu.string()),
                    fmt::format("put QEMU where all may read it; {}", kAsRoot));
}

std::optional<QemuUser> qemu_user(model::Accel accel) {
  if (::geteuid() != 0) return std::nullopt;
  QemuUser user = choose();
  if (const std::string why = util::why_not_become(user.user); !why.empty())
    throw HostError(fmt::format("QEMU does not run as root, and not as {}: {}", user.name, why),
                    fmt::format("run kproof as a user; {}", kAsRoot));
  if (accel == model::Accel::kvm) require_kvm(user);
  require_qemu(user);
  return user;
}

std::string to_run_as(const util::User& user) {
  std::string text = fmt::format("{}:{}", user.uid, user.gid);
  for (const gid_t group : user.groups)
    text += fmt::format(",{}", group);
  return text;
}

}  // namespace kproof::host
