// Names of what no process will use again, unless it is at work on it.
#pragma once

#include <filesystem>

namespace kproof::cache {

// A directory of this prefix beside an entry is that entry on its way out.
inline constexpr const char* kGone = ".gone-";
// kernel/once.cpp makes its drafts so.
inline constexpr const char* kDraft = ".draft-";

bool is_leftover(const std::filesystem::path& path);
// Whoever works on it holds this one; it need not be there.
std::filesystem::path lock_of_leftover(const std::filesystem::path& path);
// A build directory or the ccache.
bool is_part_of_tree(const std::filesystem::path& path);

}  // namespace kproof::cache
