#include "cache/use.hpp"

#include <cerrno>
#include <map>
#include <mutex>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace kproof::cache {
namespace fs = std::filesystem;

fs::path record_of(const fs::path& entry) {
  return entry.string() + ".used";
}

static bool still_named(const util::Fd& fd, const fs::path& path) {
  struct stat ours {
  }, named{};
  return ::fstat(fd.get(), &ours) == 0 && ::stat(path.c_str(), &named) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

static util::Fd open_record(const fs::path& record) {
  util::Fd fd(::open(record.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  return fd ? std::move(fd) : util::Fd(::open(record.c_str(), O_RDONLY | O_CLOEXEC));
}

// None where it cannot be had: the record is another user's, or `how` does not wait.
static util::Fd locked_record(const fs::path& record, int how) {
  for (;;) {
    util::Fd fd = open_record(record);
    if (!fd) return fd;
    while (::flock(fd.get(), how) != 0)
      if (errno != EINTR) return util::Fd();
    if (still_named(fd, record)) return fd;
  }
}

namespace {
struct Uses {
  std::mutex mutex;
  std::map<fs::path, util::Fd> held;
};
}  // namespace

// A process is what uses a cache: as long as it lives it may boot what it has found there.
static Uses& uses() {
  static Uses all;
  return all;
}

void use(const fs::path& entry) {
  Uses& all = uses();
  const std::scoped_lock lock(all.mutex);
  util::Fd& held = all.held[entry];
  if (!held || !still_named(held, record_of(entry)))
    held = locked_record(record_of(entry), LOCK_SH);
  if (held) ::futimens(held.get(), nullptr);
}

void forget_uses() {
  Uses& all = uses();
  const std::scoped_lock lock(all.mutex);
  all.held.clear();
}

std::optional<Claimed> Claimed::try_claim(const fs::path& entry) {
  util::Fd fd = locked_record(record_of(entry), LOCK_EX | LOCK_NB);
  if (!fd) return std::nullopt;
  return Claimed(std::move(fd));
}

}  // namespace kproof::cache
