#include "sweep/runtime.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "resources/shared.hpp"
#include "util/error.hpp"
#include "util/starting.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

static constexpr const char* kPrefix = "kproof-run-";
// No other directory has such a file.
static constexpr const char* kLock = ".runtime.lock";

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

// In a session of its own, so that no signal to our group reaches it; with no signal blocked.
static pid_t spawn_guard(const fs::path& program, const fs::path& directory, int in) {
  std::string path = program, argument = directory;
  std::array<char*, 3> argv{path.data(), argument.data(), nullptr};
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
  for (const int output : {STDOUT_FILENO, STDERR_FILENO})  // whoever reads ours must see its end
    ::posix_spawn_file_actions_addopen(&files, output, "/dev/null", O_WRONLY, 0);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  pid_t pid = 0;
  const std::lock_guard lock(util::starting());
  const int error = ::posix_spawn(&pid, argv[0], &files, &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  if (error) throw HostError(fmt::format("cannot run {}: {}", path, std::strerror(error)));
  return pid;
}

Guard::Guard(const fs::path& program, const fs::path& directory) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw HostError(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  const util::Fd read_end(ends[0]);
  alive_.reset(ends[1]);
  pid_ = spawn_guard(program, directory, read_end.get());
}

Guard::~Guard() {
  alive_.reset();
  ::waitpid(pid_, nullptr, 0);
}

// Between the making of the lock's file and the lock, another run may take both for abandoned.
static std::pair<util::ScratchDir, util::FileLock> make_locked(const fs::path& parent) {
  for (const fs::path& each : {fs::path(resources::kMemoryFiles), fs::temp_directory_path()})
    remove_abandoned(each);
  for (;;) {
    util::ScratchDir dir(parent, kPrefix);
    auto lock = util::FileLock::try_acquire(dir.path() / kLock);
    if (lock && fs::exists(dir.path() / kLock)) return {std::move(dir), std::move(*lock)};
  }
}

RuntimeDir::RuntimeDir(const fs::path& parent, const fs::path& guard, bool others)
    : RuntimeDir(make_locked(parent), guard) {
  if (others) ::chmod(path().c_str(), 0711);
}

RuntimeDir::RuntimeDir(Locked made, const fs::path& guard)
    : dir_(std::move(made.first)), lock_(std::move(made.second)) {
  guard_.emplace(guard, dir_.path());
}

}  // namespace kproof::sweep
