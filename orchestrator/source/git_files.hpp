// git on the files of a directory, without what the user's settings would do to them. Internal to
// source/.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "util/subprocess.hpp"

namespace kproof::source {

struct GitFiles {
  std::filesystem::path files;          // the work tree
  std::vector<std::string> repository;  // git's options that name it
  std::filesystem::path index;          // of these files
  int stop_fd = -1;                     // borrowed
  std::string doing;                    // for Interrupted: "git checked out ../linux"
};

// `words` with these. A commit has always the same author and date, so that it is its files.
util::CommandResult git(const GitFiles& where, const std::vector<std::string>& words);

}  // namespace kproof::source
