// Kernels of a batch, ready to boot, where all workers find them: boot/<kernel>/.
#pragma once

#include <filesystem>

#include "model/kernel.hpp"
#include "source/settings.hpp"

namespace kproof::worker {

// Is it there, or the reason why it never will be?
bool is_stored(const std::filesystem::path& directory, const std::string& kernel);

// The whole kernel, by hard links where that can be and else as copies, renamed into place when it
// is whole: who finds one finds all of it. One that another process stored meanwhile is kept.
void store_kernel(const std::filesystem::path& directory, const model::KernelArtifact& kernel);

// Of one that cannot be had, by its own fault or by its plan's: why, for all of its cells.
// `unbuildable`: source::Unbuildable.
void store_fault(const std::filesystem::path& directory, const std::string& kernel,
                 const std::string& what, const std::string& hint, bool unbuildable);

// What was stored: a kernel, or the ConfigError or source::Unbuildable that there was instead.
// HostError where there is neither.
model::KernelArtifact take_kernel(const std::filesystem::path& directory,
                                  const model::KernelSpec& spec);

}  // namespace kproof::worker
