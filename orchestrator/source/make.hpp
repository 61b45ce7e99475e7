// make, watched.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/once.hpp"
#include "patch/patch.hpp"
#include "source/toolchain.hpp"
#include "util/user.hpp"

namespace kproof::source {

struct Make {
  std::filesystem::path source, build;  // build: O=
  std::filesystem::path log;            // output is appended to it
  const Toolchain& toolchain;
  std::optional<util::User> user = {};        // who runs it; else we
  std::filesystem::path compiler_cache = {};  // ccache's; "": ours
  unsigned jobs = 1;
  unsigned niceness = 0;        // nice(1)'s
  int stop_fd = -1;             // readable: end in order
  std::vector<int> locks = {};  // stay open in make and what it starts
  kernel::Progress live{};      // the state of the build in one line, often; may be empty
};

// CC= of it: "ccache gcc".
std::string compiler_of(const Make& how);

// make knows of our environment what util::kPlainEnvironment lists and no more. Runs it with
// `targets` (and variables); throws Failed when it fails, HostError for a full disk, Interrupted
// for a stop.
void make(const Make& how, const std::vector<std::string>& targets);

// The same in a directory of the tree that is no part of the kernel and does not know O=, as
// tools/testing/selftests: `words` say where its output goes.
void make_in(const Make& how, const std::filesystem::path& directory,
             const std::vector<std::string>& words);

struct Failed {
  std::string said;  // by the compiler and make on stderr
};

// What of `said` tells the error: the diagnostics of the compiler as they are, at most 40 lines;
// without any, the last 10 lines. Pure.
std::string essence(std::string_view said);

// Files with errors, relative to `source`: "mm/mprotect.c". Pure.
std::vector<std::string> files_in_error(std::string_view said, const std::filesystem::path& source);

// A sentence for each of these files: the last patch that touched it. "" when none did. Pure.
std::string blame(const std::vector<std::string>& files, const std::vector<patch::Patch>& patches);

// After a kill: an object newer than the .cmd file that kbuild writes when it is whole may be half
// written, and make would take it for done. Removes those.
void remove_unfinished(const std::filesystem::path& build);

}  // namespace kproof::source
