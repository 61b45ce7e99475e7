// A revision of a git tree, or its files as they are, as the base of a kernel.
//
// All revisions of a repository share one working tree, so that the next commit, or the next step
// of a bisection, rebuilds what differs and no more. git moves that tree, with an index of its own:
//
// <tree>/index    git's index of source/; the repository's own index, HEAD and files are not
// touched
//        commit   what source/ holds; "" while it is being moved
#pragma once

#include "model/kernel.hpp"
#include "source/base.hpp"

namespace kproof::source {

// ConfigError for what does not exist or is not in a shallow clone, and for uncommitted changes
// where no revision is named; `say` is told of those that are left out because one is.
Base git_base(const model::GitRevision& tree, const kernel::Progress& say, int stop_fd);

// A tree's files as they are (snapshot.hpp). They share the working tree of its revisions.
Base work_tree_base(const model::WorkTree& tree, const std::filesystem::path& kernels,
                    const kernel::Progress& say, int stop_fd);

}  // namespace kproof::source
