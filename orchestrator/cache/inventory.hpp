// Everything that kproof caches, wherever it is.
//
// <cache>/kernels/...   kernel/store.hpp and source/builder.hpp
//        /libvirt/*     what libvirt remembers of each QEMU
//        /runs/*        links to run directories, whose images/ can be made again
//        /*.json, *.sqlite*   records of runs
#pragma once

#include <filesystem>
#include <vector>

#include "cache/entry.hpp"

namespace kproof::cache {

// Measures what has changed since it was measured last; changes nothing but that record. What is
// removed meanwhile is left out.
std::vector<Entry> look(const std::filesystem::path& cache);

// The images of the run directory `out` can be made again: `look` finds them from now on.
void note_run(const std::filesystem::path& cache, const std::filesystem::path& out);

// Bytes on the disk of `path` and all below it; what has several names counts once.
std::uint64_t disk_usage(const std::filesystem::path& path);

}  // namespace kproof::cache
