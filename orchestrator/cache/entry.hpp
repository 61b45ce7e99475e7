// What lies in a cache.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::cache {

// In the order in which those of one age go: what is made again for the least first.
enum class Kind {
  leftover,     // a draft of a process that was killed, or what one was removing
  guest_image,  // images/ of a run directory
  build,        // a build directory of a tree
  boot_image,   // a vmlinux out of a bzImage
  ccache,       // of a tree whose builds are not root's
  tree,         // a kernel's source, with the patches that are applied to it
  kernel,       // built from source
  package,      // unpacked: kernels, and sources of kernels
  apt,          // what apt said last
  libvirt,      // what QEMU can do
  record,       // history and durations of runs: no cache, as nothing makes it again
  other,        // not kproof's own: a program of ci/ perhaps
};
inline constexpr std::array<std::string_view, 12> kKinds{
    "leftover", "guest-image", "build", "boot-image", "ccache", "tree",
    "kernel",   "package",     "apt",   "libvirt",    "record", "other"};
inline std::string_view to_string(Kind kind) {
  return kKinds[static_cast<std::size_t>(kind)];
}

// Made again when it is needed, so that a budget may take it.
inline bool replaceable(Kind kind) {
  return kind != Kind::record && kind != Kind::other;
}

// Made once, whole, and never changed (kernel/once.hpp).
inline bool never_changes(Kind kind) {
  return kind == Kind::kernel || kind == Kind::boot_image || kind == Kind::package;
}

using Time = std::chrono::system_clock::time_point;

struct Entry {
  Kind kind = Kind::other;
  std::filesystem::path path;
  std::string what;         // for people: "linux-source-6.1 6.1.192-3, tinyconfig + base"
  std::uint64_t bytes = 0;  // on the disk; of a tree without its builds and ccache
  Time used{};              // last; or when it was made, where no use was recorded
  bool held = false;        // by a process that lives
  std::vector<std::string> holders{};  // "kproof run x.yaml, pid 4711", as far as they are known
  std::filesystem::path tree{};        // of a build and a ccache: goes with it
  std::vector<std::filesystem::path> locks{};  // files that somebody who works in it has locked
};

}  // namespace kproof::cache
