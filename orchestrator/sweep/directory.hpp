// Where a run leaves its results.
#pragma once

#include <filesystem>
#include <string>

#include "util/files.hpp"

namespace kproof::sweep {

// The directory of a run, created and locked. ConfigError when it cannot be written to, is in use,
// holds results of another plan, or something that is not kproof's at all. Drafts that a killed run
// has left there are removed.
util::FileLock claim_directory(const std::filesystem::path& out, const std::string& plan);

}  // namespace kproof::sweep
