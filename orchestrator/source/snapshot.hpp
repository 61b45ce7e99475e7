// A source tree as it is, committed or not, as a commit of a repository of kproof's own.
//
// <tree>/snapshot.git   its objects and its index of the user's files. Those of the user's own
//                       repository are alternates, so that only files which differ from HEAD are
//                       written
//
// Promises:
//  1. The user's files, index, refs and objects are only read.
//  2. Equal files make an equal commit, so that what was built of them is found again.
//  3. Of a git tree ignored files (.gitignore, .git/info/exclude) are left out unless HEAD has
//     them. Of any other directory .gitignore says nothing: a packager's may ignore all. What a
//     build or a run of kproof leaves in the tree is left out of both.
//  4. A snapshot that was cut short is made good by the next one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernel/once.hpp"

namespace kproof::source {

struct Snapshot {
  std::filesystem::path repository;  // that has `commit`
  std::string commit;
  std::string tree;                  // the working tree's name in the cache, as Base::tree
  std::string head;                  // the commit that is checked out; "" where none is
  std::vector<std::string> changed;  // files that differ from it, sorted
};

// Of `directory`, below `kernels` of the cache. ConfigError where that is no kernel source; git's
// words where it cannot read a file.
Snapshot take_snapshot(const std::filesystem::path& directory, const std::filesystem::path& kernels,
                       const kernel::Progress& say, int stop_fd);

// The tree's name for a repository, the same for all work trees of it.
std::string name_of_git_tree(const std::filesystem::path& repository);

}  // namespace kproof::source
