// What `kproof check` is asked about: two states of a tree, and the files between them.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "desk/tree.hpp"
#include "kernel/once.hpp"
#include "model/kernel.hpp"

namespace kproof::desk {

struct State {
  std::variant<model::GitRevision, model::WorkTree> tree;
  std::vector<std::string> patches;
  std::string label;  // for tables: "v6.12 (adc218676eef)", "2 files changed"
};

struct Change {
  State before, after;
  std::vector<std::string> files;  // that differ, relative to the tree; sorted
  std::string bisected;            // the good commit of a bisection that goes on; "" for none
};

// `words`: nothing, one revision or range, or files of patches. ConfigError says what is none of
// these. `kernels` of the cache is where a snapshot goes.
Change find_change(const Tree& tree, const std::vector<std::string>& words,
                   const std::filesystem::path& kernels, const kernel::Progress& say, int stop_fd);

}  // namespace kproof::desk
