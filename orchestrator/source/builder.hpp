// Kernels from source: tree + patches + config + compiler -> boot/vmlinuz-*, in the cache.
//
// <cache>/kernels/trees/<tree>/        a tree that series are applied in (tree.hpp), and its
//                                      builds; one for all revisions of a git repository (git.hpp)
//                              logs/<inputs>.log   of builds that failed or were stopped
//                 built/<inputs>/root  boot/vmlinuz-R, boot/config-R, lib/modules/R,
//                                      usr/lib/debug/boot/vmlinux-R with its symbols
//                        kproof-build.log, origin
// `built` is named by the content of all inputs and never changes: with the same inputs nothing is
// built, and trees/ may be deleted. The cache has a budget: what was used least recently goes, be
// it a build, a tree or a kernel (cache/choice.hpp).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "source/build_spec.hpp"
#include "source/patches.hpp"
#include "source/unbuildable.hpp"

namespace kproof::source {

// The patches of `source`, in order.
std::vector<patch::Patch> load_patches(const model::BuildSource& source);

struct Built {
  std::filesystem::path root;  // model::PathSource takes it
  std::string origin;          // "linux-source-6.1 6.1.192-2, tinyconfig + base, 3 patches"
  bool reused = false;         // nothing was built
};

// Errors of the user are ConfigError (Unbuildable for code and config), those of the host
// HostError. An interrupted or failed build is gone on with by the next.
Built build(const BuildSpec& spec, const Patches& patches, const Settings& settings);

struct Finished {
  std::string config;          // the whole .config, as build() would build it
  kconfig::Language language;  // of the patched tree
};
// Asks the tree's own kconfig and builds nothing: seconds, where a build takes minutes. Errors are
// build()'s.
Finished finish_config(const BuildSpec& spec, const Patches& patches, const Settings& settings);

}  // namespace kproof::source
