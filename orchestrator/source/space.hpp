// Which disk is full. A build writes to several file systems, and the one that is in the way is not
// always the one that was asked for: compilers write to TMPDIR, ccache to its own directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace kproof::source {

// Less than this, in bytes, and a compiler or the linker of a kernel soon fails.
inline constexpr std::uintmax_t kNearlyNothing = 16u << 20;
// And less than this is the reason for whatever failed, though not every program says so: of dash's
// echo it is an "I/O error".
inline constexpr std::uintmax_t kNothing = 1u << 20;

// Where the file system that holds `path`, or would, is mounted.
std::filesystem::path mount_point(const std::filesystem::path& path);

// "the file system on /tmp is full (3 MB left for /tmp/x)" for each file system of `paths` with
// less than `least` bytes that this user may write; "" for none.
std::string full_now(const std::vector<std::filesystem::path>& paths, std::uintmax_t least);

// The same where something is known to have been full. If none is (what filled it was removed
// since), that of the first path is named. `paths` must not be empty.
std::string full_disk(const std::vector<std::filesystem::path>& paths,
                      std::uintmax_t least = kNearlyNothing);

// What make, its compilers and ccache write to when they build in `build`.
std::vector<std::filesystem::path> places_of_a_build(const std::filesystem::path& build);

}  // namespace kproof::source
