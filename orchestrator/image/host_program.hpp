// What of this machine a program needs to run in a guest: QEMU, in the image of a guest that starts
// guests of its own.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::image {

// Path inside an image -> file of the host. A map, so that the needs of two programs can be merged.
using Files = std::map<std::string, std::filesystem::path>;

// The program, its dynamic loader and its shared libraries, each at the path where the host has it,
// and the loader's cache, so that the loader finds in the guest what it found here. Libraries are
// the baseline ones (no glibc-hwcaps: the guest's CPU may be a lesser one), found without
// LD_LIBRARY_PATH and LD_PRELOAD, which the guest has not either. What a program opens by dlopen()
// is not known here. HostError when it is no ELF program or a library is missing.
Files host_program(const std::filesystem::path& program);

// What glibc's `ld.so --list` printed for `program`: the paths of what it would map.
std::vector<std::filesystem::path> parse_loader_list(std::string_view text,
                                                     const std::filesystem::path& program);

}  // namespace kproof::image
