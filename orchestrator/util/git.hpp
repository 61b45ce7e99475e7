// A user's git repository, which is only read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "util/subprocess.hpp"

namespace kproof::util {

// git with these words in `repository`. It takes no locks, so that it does not even refresh the
// index there, and knows nothing of our environment that could name another (GIT_DIR) or change
// what it says.
CommandResult git(const std::filesystem::path& repository, const std::vector<std::string>& words);

// Any git that kproof starts, to be filled in: it gets plain variables, messages in English, who
// called sudo, whose repositories git lets root read, and no settings, attributes and ignored files
// of the user's and the machine's, which would change a kernel's source or a patch. Of these only
// `safe.directory` stays.
Command git_command(std::vector<std::string> argv);

// Files that differ between two commits or trees, sorted; both names of a rename. ConfigError, in
// git's words, where it cannot compare them.
std::vector<std::string> files_that_differ(const std::filesystem::path& repository,
                                           const std::string& a, const std::string& b);

// The commit that a revision names. ConfigError for what is no git tree and for a revision that is
// not there; of a shallow clone it says so.
std::string commit_of(const std::filesystem::path& repository, const std::string& revision);

}  // namespace kproof::util
