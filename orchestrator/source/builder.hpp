// Kernels from source: tree + patches + config + compiler -> boot/vmlinuz-*, in the cache.
//
// <cache>/kernels/trees/<tree>/        a tree that series are applied in (tree.hpp), and its
//                                      builds; one for all revisions of a git repository (git.hpp)
//                              logs/<inputs>.log   of builds that failed or were stopped
//                 built/<inputs>/root  boot/vmlinuz-R, boot/config-R, lib/modules/R
//                        kproof-build.log, origin
// `built` is named by the content of all inputs and never changes: with the same inputs nothing is
// built, and trees/ may be deleted. Trees and builds that nobody used for a month are (prune.hpp).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernel/once.hpp"
#include "model/kernel.hpp"
#include "patch/patch.hpp"
#include "source/unbuildable.hpp"

namespace kproof::source {

struct Settings {
  std::filesystem::path cache;      // kernel::default_cache()
  std::filesystem::path fragments;  // kconfigs/fragments
  std::string compiler = "gcc";
  unsigned jobs = 0;               // 0: $KPROOF_JOBS, else as many as there are CPUs for us
  int stop_fd = -1;                // borrowed; readable: end the build in order
  kernel::Progress say{}, live{};  // lines to keep; the state of the build in one line, often
};

struct Built {
  std::filesystem::path root;  // model::PathSource takes it
  std::string origin;          // "linux-source-6.1 6.1.192-2, tinyconfig + base, 3 patches"
  bool reused = false;         // nothing was built
};

// The patches of `source`, in order.
std::vector<patch::Patch> load_patches(const model::BuildSource& source);

// A series and how much of it is built. All of it must apply, so that none is built by half.
struct Patches {
  const std::vector<patch::Patch>& series;
  std::size_t applied = series.size();
};

// Errors of the user are ConfigError (Unbuildable for code and config), those of the host
// HostError. An interrupted or failed build is gone on with by the next.
Built build(const model::BuildSource& source, const Patches& patches, const Settings& settings);

// For Settings::live where nothing can be redrawn: one of its lines goes to `say` each half minute.
kernel::Progress now_and_then(kernel::Progress say);

// A kernel of a plan, whatever its source, ready to boot: build() where it is to be built, and
// kernel::Store. Errors have the spec's place and name.
model::KernelArtifact fetch(const model::KernelSpec& spec, const Settings& settings);

// The same of one that is to be built, with these patches instead of its own.
model::KernelArtifact fetch(const model::KernelSpec& spec, const Patches& patches,
                            const Settings& settings);

}  // namespace kproof::source
