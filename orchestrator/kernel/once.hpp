// Directories of the cache that are made once and never changed.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace kproof::kernel {

// Told one line at a time what takes long: "fetching linux-image-... (68 MB)".
using Progress = std::function<void(std::string_view line)>;

// Makes the directory `entry` by letting `fill` work in a draft beside it, and renames that: an
// entry that exists is whole, whatever was killed. Does nothing when it exists. Two processes, or
// two threads, never fill the same entry at once; the later one waits and finds it made. What
// `fill` throws passes through and leaves nothing. The entry is used by this process from now on
// (cache/use.hpp), so that no budget takes it away. Interrupted when `stop_fd` becomes readable
// while it waits.
void make_once(const std::filesystem::path& entry, const Progress& progress,
               const std::function<void(const std::filesystem::path& draft)>& fill,
               int stop_fd = -1);

}  // namespace kproof::kernel
