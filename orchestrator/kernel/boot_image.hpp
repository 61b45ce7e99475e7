// What QEMU's -kernel gets.
#pragma once

#include <filesystem>
#include <string>

#include "kernel/once.hpp"

namespace kproof::kernel {

struct BootImage {
  std::string content;              // hash of the file it was made of
  std::string release;              // "6.1.0-56-amd64"
  std::filesystem::path boot_file;  // below `images`/<content>/
  bool pvh = false;                 // boot_file is a vmlinux with a PVH entry, else a bzImage
  std::filesystem::path config;     // that was embedded (CONFIG_IKCONFIG); "" when there is none
};

// Takes a bzImage or a vmlinux and lays what can be booted under its content hash: the vmlinux out
// of the bzImage where it has a PVH entry that works (none with KASAN), else the file itself. It is
// a copy in any case, so a rebuild of the kernel during a run changes nothing. ConfigError, without
// the plan's place, for a file that is no x86-64 kernel or that is damaged.
BootImage prepare_boot_image(const std::filesystem::path& images, const std::filesystem::path& file,
                             const Progress& progress);

}  // namespace kproof::kernel
