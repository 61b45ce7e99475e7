// Run directories into the history.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "history/store.hpp"

namespace kproof::history {

struct Kept {
  std::size_t runs = 0, cells = 0;    // new ones
  std::vector<std::string> left_out;  // why a directory cannot be read
};

// The run in `directory`, or all that are below it. Steps of a bisection are kept as such: they go
// to and fro among revisions, so that they belong to no cell's history. Throws as Store::add()
// does.
Kept keep(Store& store, const std::filesystem::path& directory);

}  // namespace kproof::history
