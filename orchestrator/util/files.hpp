// Files: whole reads, atomic writes, scratch directories, locks. Failures are HostError and name
// the path and errno's text.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "util/error.hpp"
#include "util/fd.hpp"

namespace kproof::util {

// "cannot write /a/b: No space left on device", with the next step where `error`, an errno, has
// one.
HostError file_error(std::string_view verb, const std::filesystem::path& path, int error);

std::string read_file(const std::filesystem::path& path);
// "" where there is none.
std::string read_if_there(const std::filesystem::path& path);

// However little the kernel takes at a time; `path` is for the error.
void write_all(const Fd& fd, std::string_view content, const std::filesystem::path& path);

// The whole of a regular file, by the kernel; the paths are for the error.
void copy_all(const Fd& from, const std::filesystem::path& from_path, const Fd& to,
              const std::filesystem::path& to_path);

// By a draft beside `path` (draft_file.hpp): the old content or the new, never half of it.
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

// A directory that is removed, with all it holds, when its owner goes.
class ScratchDir {
 public:
  // Makes `parent/prefixXXXXXX`, mode 0700.
  ScratchDir(const std::filesystem::path& parent, std::string_view prefix);
  explicit ScratchDir(std::string_view prefix)
      : ScratchDir(std::filesystem::temp_directory_path(), prefix) {}
  ScratchDir(ScratchDir&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  ScratchDir& operator=(ScratchDir&&) = delete;
  ~ScratchDir();
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

// A flock on a file, held as long as the object lives; the kernel drops it with the process, so
// kill -9 leaves no stale lock. The file holds the pid of its last holder.
class FileLock {
 public:
  enum class For { one, all };  // who holds it for one keeps all others out, who for all those
  // Empty when another holds it, of this process too; `holder()` then names that process.
  static std::optional<FileLock> try_acquire(const std::filesystem::path& path,
                                             For whom = For::one);
  // Waits until it is free; Interrupted once `stop_fd` is readable.
  static FileLock acquire(const std::filesystem::path& path, int stop_fd = -1, For whom = For::one);
  // For util::Command::keep_open: the lock is held until those programs have ended, too.
  int fd() const noexcept { return fd_.get(); }
  // For people: "process 4711", with "(this run)" where that is us, as two threads may build.
  static std::string told_holder(const std::filesystem::path& path);
  // The pid written by the last holder, "" if there is none.
  static std::string holder(const std::filesystem::path& path);

 private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace kproof::util
