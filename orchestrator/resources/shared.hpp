// Where the NVDIMMs of guests are: files in memory, where that has room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "resources/limits.hpp"

namespace kproof::resources {

inline constexpr const char* kMemoryFiles = "/dev/shm";

// The bytes of the file system of `directory`, as statvfs() has it; none where we cannot write.
Limit shared_space(const std::filesystem::path& directory);
// As Place::shared has it; "" not known.
std::string file_system_of(const std::filesystem::path& directory);

struct SharedPlace {
  bool in_memory = true;
  std::string said;  // what a user should know of it; "" for nothing
};

// `at_once`: what cells can use at the same time (most_shared()); `largest`: what one uses. In
// memory if the largest has room there: then fewer run at once, if it must be. On a disk the pages
// of an NVDIMM are written back to it while the guest runs. Pure.
SharedPlace choose_place(std::uint64_t at_once, std::uint64_t largest, const Limit& memory,
                         const std::filesystem::path& disk);

}  // namespace kproof::resources
