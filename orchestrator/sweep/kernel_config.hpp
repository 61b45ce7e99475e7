// The config of a kernel, kept beside the results of its cells.
#pragma once

#include <filesystem>
#include <string>

#include "model/kernel.hpp"

namespace kproof::sweep {

// Its path below `out`, "kernels/<name>.config"; "" where it is not known.
std::string keep_config(const model::KernelArtifact& kernel, const std::filesystem::path& out);

}  // namespace kproof::sweep
