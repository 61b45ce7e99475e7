// Who builds in a working tree (tree.hpp), and who changes its files. Internal to source/.
//
// Promises:
//  1. Nobody changes source/ while somebody builds from it, and nobody else builds in the same
//     build directory, in this process or any other.
//  2. Who wants the files as they are builds beside others, also if he came before they were so;
//     who wants others waits until nobody builds from it.
//  3. Locks are kept by what make starts, too: after a kill -9 of kproof the next one waits for its
//     compilers.
//  4. Who waits says for whom, once, and Interrupted ends it when `stop_fd` is readable.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "source/settings.hpp"
#include "util/files.hpp"

namespace kproof::source {

util::FileLock hold_build(const std::filesystem::path& tree, const std::string& build,
                          const Settings& settings);

// `state` names what source/ is to hold; where it holds something else, `put_in_order` makes it so,
// alone with the tree.
util::FileLock hold_source(const std::filesystem::path& tree, const std::string& state,
                           const std::function<void()>& put_in_order, const Settings& settings);

}  // namespace kproof::source
