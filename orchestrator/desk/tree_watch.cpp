#include "desk/tree_watch.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "desk/saves.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/text.hpp"

namespace kproof::desk {
namespace fs = std::filesystem;

static constexpr std::uint32_t kWritten = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                          IN_CREATE | IN_ONLYDIR | IN_DONT_FOLLOW;

static std::string limit_of(const char* name) {
  return util::chomp(util::read_if_there(fs::path("/proc/sys/fs/inotify") / name));
}

TreeWatch::TreeWatch(fs::path root)
    : root_(std::move(root)), events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (!events_)
    throw HostError(fmt::format("cannot watch files: inotify_init: {}", std::strerror(errno)),
                    fmt::format("raise it: sysctl fs.inotify.max_user_instances (now {})",
                                limit_of("max_user_instances")));
  add(root_, nullptr);
}

// False for one that is gone again.
bool TreeWatch::add_one(const std::string& directory) {
  const int watch = ::inotify_add_watch(events_.get(), (root_ / directory).c_str(), kWritten);
  if (watch >= 0) {
    names_[watch] = directory;
    return true;
  }
  if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return false;
  if (errno != ENOSPC)
    throw HostError(
        fmt::format("cannot watch {}: {}", (root_ / directory).string(), std::strerror(errno)));
  constexpr int kEnough = 65536;
  throw HostError(
      fmt::format("the kernel lets this user watch {} directories, and {} has more that others of "
                  "his programs leave",
                  limit_of("max_user_watches"), root_.string()),
      fmt::format("raise it: sysctl fs.inotify.max_user_watches={}", kEnough));
}

// Watched first and then listed, so that nothing that comes meanwhile is missed.
void TreeWatch::add(const fs::path& directory, std::vector<std::string>* found) {
  const auto below = [&](const fs::path& path) {
    const std::string name = path.lexically_relative(root_).string();
    return name == "." ? std::string() : name;
  };
  if (!add_one(below(directory))) return;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory, none)) {
    const std::string name = below(entry.path());
    if (entry.symlink_status(none).type() == fs::file_type::directory) {
      if (is_watched(name)) add(entry.path(), found);
    } else if (found != nullptr && is_source(name)) {
      found->push_back(name);
    }
  }
}

std::vector<std::string> TreeWatch::read() {
  std::vector<std::string> files;
  alignas(inotify_event) std::array<char, 1 << 16> buffer;
  for (ssize_t size; (size = ::read(events_.get(), buffer.data(), buffer.size())) > 0;)
    for (const char* at = buffer.data(); at < buffer.data() + size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof *event + event->len;
      if (event->mask & IN_Q_OVERFLOW) files.emplace_back();
      if (event->mask & IN_IGNORED) names_.erase(event->wd);
      const auto directory = names_.find(event->wd);
      if (directory == names_.end() || event->len == 0) continue;
      const std::string name =
          directory->second.empty() ? event->name : directory->second + "/" + event->name;
      const bool is_directory = (event->mask & IN_ISDIR) != 0;
      if (is_directory && is_watched(name) && (event->mask & (IN_CREATE | IN_MOVED_TO)))
        add(root_ / name, &files);
      else if (!is_directory && is_source(name))
        files.push_back(name);
    }
  return files;
}

}  // namespace kproof::desk
