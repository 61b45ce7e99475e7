// Kernels of a plan, whatever their source, ready to boot. Errors have the spec's place and name.
#pragma once

#include "source/builder.hpp"

namespace kproof::source {

// build() where it is to be built, and kernel::Store.
model::KernelArtifact fetch(const model::KernelSpec& spec, const Settings& settings);

// Of one that is to be built.
BuildSpec find_build_spec(const model::KernelSpec& spec, const Settings& settings);
// With these patches instead of its own, of `shared`, which other kernels may be built from, too.
model::KernelArtifact fetch(const model::KernelSpec& spec, const BuildSpec& shared,
                            const Patches& patches, const Settings& settings);

// For Settings::live where nothing can be redrawn: one of its lines goes to `say` each half minute.
kernel::Progress now_and_then(kernel::Progress say);

}  // namespace kproof::source
