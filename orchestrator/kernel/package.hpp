// Kernels out of packages, unpacked and never installed.
#pragma once

#include <filesystem>
#include <string>

#include "kernel/once.hpp"

namespace kproof::kernel {

struct UnpackedPackage {
  std::filesystem::path root;  // holds boot/, lib/modules/
  std::string origin;          // "linux-image-6.1.0-56-amd64 6.1.192-2"
  std::string identity;        // equal for equal packages
};

// A package or meta-package by name. Asks apt which version is the candidate, or, while apt's lists
// and settings are as they were the last time, remembers; downloads and unpacks what the cache has
// not. ConfigError, without the plan's place, for a package that apt does not know; HostError when
// the download fails; Interrupted, here and below, once `stop_fd` is readable.
UnpackedPackage fetch_package(const std::filesystem::path& cache, const std::string& package,
                              const Progress& progress, int stop_fd = -1);

// Debian's source of a kernel, "linux-source-6.1", fetched likewise. `tarball` is a file below
// `root`.
struct SourceArchive {
  UnpackedPackage package;
  std::filesystem::path tarball;
};
SourceArchive fetch_source_package(const std::filesystem::path& cache, const std::string& package,
                                   const Progress& progress, int stop_fd = -1);

// A .deb file, cached by its content. ConfigError when it is damaged.
UnpackedPackage unpack_deb(const std::filesystem::path& cache, const std::filesystem::path& deb,
                           const Progress& progress, int stop_fd = -1);
// The same of an RPM: Fedora's kernel-core, or what `make binrpm-pkg` makes.
UnpackedPackage unpack_rpm(const std::filesystem::path& cache, const std::filesystem::path& rpm,
                           const Progress& progress);

}  // namespace kproof::kernel
