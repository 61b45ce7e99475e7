// Results from local scratch to where all workers see them.
#pragma once

#include <filesystem>
#include <string>

#include "model/result.hpp"

namespace kproof::worker {

// Copies the cell's directory, those of attempts that do not count, and the files that its result
// names, from run directory `from` to `to`: each file is written to the disk, and the cell's
// directory is renamed into place last and whole. False when the cell has a result by another
// process, which stays. HostError when it cannot be written; then nothing is in place.
bool publish(const std::filesystem::path& from, const model::CellResult& cell,
             const std::filesystem::path& to);

}  // namespace kproof::worker
