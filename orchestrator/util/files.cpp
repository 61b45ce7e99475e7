#include "util/files.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "util/draft_file.hpp"
#include "util/error.hpp"
#include "util/text.hpp"

namespace kproof::util {
namespace fs = std::filesystem;

HostError file_error(std::string_view verb, const fs::path& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return HostError(fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(error)),
                   full ? "free some space there, or choose another file system" : "");
}

[[noreturn]] static void fail(std::string_view verb, const fs::path& path, int error) {
  throw file_error(verb, path, error);
}

std::string read_file(const fs::path& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) fail("open", path, errno);
  std::string content;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n == 0) return content;
    if (n > 0) content.append(buffer, static_cast<std::size_t>(n));
    if (n < 0 && errno != EINTR) fail("read", path, errno);
  }
}

std::string read_if_there(const fs::path& path) {
  return fs::exists(path) ? read_file(path) : "";
}

void write_all(const Fd& fd, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd.get(), content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("write", path, errno);
    content.remove_prefix(static_cast<std::size_t>(n));
  }
}

void copy_all(const Fd& from, const fs::path& from_path, const Fd& to, const fs::path& to_path) {
  struct stat status {};
  if (::fstat(from.get(), &status) != 0) fail("read", from_path, errno);
  if (!S_ISREG(status.st_mode)) throw HostError(from_path.string() + " is no regular file");
  for (off_t left = status.st_size; left > 0;) {
    const ssize_t n = ::sendfile(to.get(), from.get(), nullptr, static_cast<std::size_t>(left));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("write", to_path, errno);
    if (n == 0) throw HostError(from_path.string() + " shrank while it was read");
    left -= n;
  }
}

void write_file_atomically(const fs::path& path, std::string_view content) {
  DraftFile draft(path);
  draft.write(content);
  draft.commit();
}

ScratchDir::ScratchDir(const fs::path& parent, std::string_view prefix) {
  std::string name = (parent / fmt::format("{}XXXXXX", prefix)).string();
  if (!::mkdtemp(name.data())) fail("create a directory like", name, errno);
  path_ = name;
}

ScratchDir::~ScratchDir() {
  std::error_code ignored;  // a destructor has nobody to tell
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

static Fd lock_file(const fs::path& path, int operation) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd) fail("open", path, errno);
  while (::flock(fd.get(), operation) != 0) {
    if (errno == EWOULDBLOCK) return Fd();
    if (errno != EINTR) fail("lock", path, errno);
  }
  if (::ftruncate(fd.get(), 0) == 0) write_all(fd, fmt::format("{}\n", ::getpid()), path);
  return fd;
}

std::optional<FileLock> FileLock::try_acquire(const fs::path& path, For whom) {
  Fd fd = lock_file(path, (whom == For::one ? LOCK_EX : LOCK_SH) | LOCK_NB);
  if (!fd) return std::nullopt;
  return FileLock(std::move(fd));
}

// flock(2) has no descriptor to poll, and a signal would be the only way out of it.
FileLock FileLock::acquire(const fs::path& path, int stop_fd, For whom) {
  constexpr int kAgainMs = 100;
  for (;;) {
    if (auto lock = try_acquire(path, whom)) return std::move(*lock);
    pollfd stop{.fd = stop_fd, .events = POLLIN, .revents = 0};  // none below 0: a mere pause
    if (::poll(&stop, 1, kAgainMs) > 0)
      throw Interrupted(
          fmt::format("interrupted while process {} held {}", holder(path), path.string()));
  }
}

std::string FileLock::holder(const fs::path& path) {
  return fs::exists(path) ? chomp(read_file(path)) : "";
}

std::string FileLock::told_holder(const fs::path& path) {
  const std::string pid = holder(path);
  if (pid.empty()) return "another process";  // it has not written it yet
  return "process " + pid + (pid == std::to_string(::getpid()) ? " (this run)" : "");
}

}  // namespace kproof::util
