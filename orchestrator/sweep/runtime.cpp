#include "sweep/runtime.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace kproof::sweep {
namespace fs = std::filesystem;

static constexpr const char* kPrefix = "kproof-run-";
static constexpr const char* kLock = ".lock";

static bool is_ours(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == ::geteuid();
}

static void remove_abandoned(const fs::path& parent) {
  std::error_code ignored;  // another run may be removing the same
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    const fs::path& path = entry.path();
    if (!path.filename().string().starts_with(kPrefix) || !is_ours(path) ||
        !fs::exists(path / kLock))
      continue;
    if (util::FileLock::try_acquire(path / kLock)) fs::remove_all(path, ignored);
  }
}

static bool has_room(const char* directory, std::uint64_t bytes) {
  struct statvfs status {};
  return ::access(directory, W_OK) == 0 && ::statvfs(directory, &status) == 0 &&
         status.f_bavail * status.f_frsize >= bytes;
}

static util::ScratchDir make(std::uint64_t room) {
  static constexpr const char* kMemory = "/dev/shm";
  for (const fs::path& parent : {fs::path(kMemory), fs::temp_directory_path()})
    remove_abandoned(parent);
  util::ScratchDir dir(has_room(kMemory, room) ? fs::path(kMemory) : fs::temp_directory_path(),
                       kPrefix);
  ::chmod(dir.path().c_str(), 0711);  // a daemon's QEMU, another user, must reach its socket
  return dir;
}

RuntimeDir::RuntimeDir(std::uint64_t room)
    : dir_(make(room)), lock_(util::FileLock::acquire(dir_.path() / kLock)) {}

}  // namespace kproof::sweep
