// Patches from where people keep them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "patch/patch.hpp"

namespace kproof::patch {

// `path` is a directory, with a quilt `series` file or with *.patch and *.diff in the order of
// their names; or a series file; or an mbox as lore.kernel.org and b4 give it; or one patch.
// ConfigError says what is wrong and where. Runs git.
std::vector<Patch> load(const std::filesystem::path& path);

// The commits of a range, oldest first: `git format-patch`. ConfigError for a range that is empty,
// holds merges, or leaves a shallow clone.
std::vector<Patch> load_range(const std::filesystem::path& repository, const std::string& range);

}  // namespace kproof::patch
