// Where a source tree comes from, before it is on the disk.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "kernel/once.hpp"
#include "model/kernel.hpp"

namespace kproof::source {

struct Base {
  std::string identity;  // equal trees, equal identity
  std::string tree;      // a directory's name: the working tree that it has, or shares (git.hpp)
  std::string origin;    // for people: "linux-source-6.1 6.1.192-2"
  // Equal where all files that shapes_config() tells are equal.
  std::function<std::string()> shape;
  // Makes <tree>/source what the base is, with no patches. The caller holds the tree's lock.
  std::function<void(const std::filesystem::path& tree)> check_out;
};

// Fetches a package, hashes a tarball, asks git for the commit; unpacks nothing. ConfigError for
// what does not exist, and for a git tree with uncommitted changes where no revision is named.
// `say` is told of changes that are left out because one is. A user's git tree is only read.
// Interrupted, here and in check_out(), once `stop_fd` is readable.
Base find_base(const model::BuildSource& source, const std::filesystem::path& kernels,
               const kernel::Progress& say, int stop_fd);

}  // namespace kproof::source
