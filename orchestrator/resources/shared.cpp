#include "resources/shared.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "resources/needs.hpp"

namespace kproof::resources {
namespace fs = std::filesystem;

std::string file_system_of(const fs::path& directory) {
  struct stat status {};
  if (directory.empty() || ::stat(directory.c_str(), &status) != 0) return "";
  return fmt::format("{}:{}", major(status.st_dev), minor(status.st_dev));
}

Limit shared_space(const fs::path& directory) {
  Limit limit{.total = 0,
              .now = 0,
              .why = fmt::format("{} cannot be written to", directory.string()),
              .scope = {Scope::Of::shared, file_system_of(directory)}};
  struct statvfs status {};
  if (directory.empty() || ::access(directory.c_str(), W_OK | X_OK) != 0 ||
      ::statvfs(directory.c_str(), &status) != 0)
    return limit;
  limit.total = status.f_blocks * status.f_frsize;
  limit.now = status.f_bavail * status.f_frsize;
  limit.why =
      fmt::format("{} has {} of {} free", directory.string(), gib(limit.now), gib(limit.total));
  return limit;
}

SharedPlace choose_place(std::uint64_t at_once, std::uint64_t largest, const Limit& memory,
                         const fs::path& disk) {
  if (memory.total == 0)
    return {.in_memory = false,
            .said = largest == 0 ? ""
                                 : fmt::format("NVDIMMs are files in {}, on a disk: {}",
                                               disk.string(), memory.why)};
  if (at_once <= memory.now) return {};
  const std::string more = fmt::format(
      "; mount -o remount,size={}G {} would change that, or docker "
      "run --shm-size",
      (at_once + (1ull << 30) - 1) >> 30, kMemoryFiles);
  if (largest <= memory.now)
    return {.said = fmt::format("NVDIMMs are files in {}: {}, and cells could use {} at once, so "
                                "that fewer run at once{}",
                                kMemoryFiles, memory.why, gib(at_once), more)};
  return {.in_memory = false,
          .said = fmt::format("NVDIMMs are files in {}, on a disk, which is slower: {}, and the "
                              "largest needs {}{}",
                              disk.string(), memory.why, gib(largest), more)};
}

}  // namespace kproof::resources
