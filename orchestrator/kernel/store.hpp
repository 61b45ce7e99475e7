// Kernels, ready to boot, in a cache that several runs share.
//
// <cache>/kernels/packages/<name>_<version>_<arch>/root   an unpacked package
//                 debs/<content>/root                     an unpacked .deb or .rpm file
//                 images/<content>-<layout>/              vmlinux or bzImage, kernel.json, config
//                 resolved/                               what apt said last
//                 trees/, built/                          source/builder.hpp
// Each entry is made in a draft beside it and renamed, and never changes afterwards: what exists is
// whole. Beside each lies <entry>.used, by which `kproof cache` takes away what nobody uses
// (cache/use.hpp).
#pragma once

#include <filesystem>

#include "kernel/once.hpp"
#include "model/kernel.hpp"

namespace kproof::kernel {

// $KPROOF_CACHE, else $XDG_CACHE_HOME/kproof, else for root /var/cache/kproof, which those without
// rights whom it has build kernels can reach, else ~/.cache/kproof. HostError without any.
std::filesystem::path default_cache();

class Store {
 public:
  // `stop_fd`: readable, it ends what takes long, and that is Interrupted.
  explicit Store(const std::filesystem::path& cache = default_cache(), Progress progress = {},
                 int stop_fd = -1);

  // Makes the kernel of `spec`, a package or a path, bootable. A second call with nothing changed
  // neither uses the network nor runs a program. Errors are ConfigError and HostError with the
  // spec's place and name.
  //
  // identity: hash of the boot file's source (bzImage or vmlinux), the release, and what its
  // modules are: the package's name, version and architecture; the .deb's content; else the paths,
  // sizes and modification times of all modules, so a rebuilt module makes another kernel.
  model::KernelArtifact fetch(const model::KernelSpec& spec) const;

 private:
  std::filesystem::path kernels_;
  Progress progress_;
  int stop_fd_;
};

}  // namespace kproof::kernel
