// Where sockets and embedded libvirt live while kproof runs.
#pragma once

#include <cstdint>
#include <filesystem>

#include "util/files.hpp"

namespace kproof::sweep {

// A directory kproof-run-XXXXXX below /dev/shm if that has `room` bytes, else below /tmp: short,
// because sockets in it must fit in 108 bytes, and in memory, because the pages of an NVDIMM on a
// disk would be written back to it while the guest runs. Locked while in use and removed at the
// end; what a run that was killed left behind, its lock being free, is removed by the next one.
class RuntimeDir {
 public:
  explicit RuntimeDir(std::uint64_t room);
  const std::filesystem::path& path() const { return dir_.path(); }

 private:
  util::ScratchDir dir_;
  util::FileLock lock_;
};

}  // namespace kproof::sweep
