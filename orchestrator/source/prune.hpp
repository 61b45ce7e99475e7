// Working trees take 2 to 3 GB each, and nobody remembers to remove them.
#pragma once

#include <chrono>
#include <filesystem>

#include "kernel/once.hpp"

namespace kproof::source {

constexpr std::chrono::hours kForgotten{30 * 24};

// Removes the trees below `trees` that no build used for so long, and of the others the builds;
// what is in use now stays. Built kernels are small and stay, too. `say` is told of each.
void prune(const std::filesystem::path& trees, std::chrono::hours unused,
           const kernel::Progress& say);

}  // namespace kproof::source
