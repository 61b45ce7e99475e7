// Where sockets and embedded libvirt live while kproof runs.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include <sys/types.h>

#include "util/files.hpp"

namespace kproof::sweep {

// Has a directory removed, and the processes killed that work in it, when this process ends without
// having done so itself, be it by kill -9 (guard/runtime_guard.cpp).
class Guard {
 public:
  // HostError when `program` cannot be started.
  Guard(const std::filesystem::path& program, const std::filesystem::path& directory);
  ~Guard();  // tells it, and returns when it has ended
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  util::Fd alive_;  // the guard reads its other end
  pid_t pid_ = 0;
};

// A directory kproof-run-XXXXXX below `parent`, which is /dev/shm or /tmp (resources/shared.hpp):
// short, because sockets in it must fit in 108 bytes. Locked while in use and removed at the end,
// by its guard if need be; what was left in either even so, its lock being free, is removed by the
// next run.
class RuntimeDir {
 public:
  // `others`: QEMU is of another user and must reach what is in it, be it a daemon's or ours that
  // has given up root; the name cannot be guessed, nor listed. Else nobody can.
  RuntimeDir(const std::filesystem::path& parent, const std::filesystem::path& guard,
             bool others = false);
  const std::filesystem::path& path() const { return dir_.path(); }

 private:
  using Locked = std::pair<util::ScratchDir, util::FileLock>;
  RuntimeDir(Locked made, const std::filesystem::path& guard);
  std::optional<Guard> guard_;  // first: the directory is gone before its guard looks
  util::ScratchDir dir_;
  util::FileLock lock_;
};

}  // namespace kproof::sweep
