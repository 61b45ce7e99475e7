// A kernel's source tree as a developer has it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace kproof::desk {

struct Tree {
  std::filesystem::path root;  // canonical
  std::string version;         // "6.12.0-rc3", as its Makefile has it
  bool config = false;         // it has a .config
  bool built = false;          // it has an arch/x86/boot/bzImage
  std::string newer;           // a file that is newer than that, "mm/mprotect.c"; "" for none
};

// The source tree that `start` lies in: it or a directory above. Nothing where there is none.
std::optional<std::filesystem::path> find_tree(const std::filesystem::path& start);

// ConfigError for what is no kernel source.
Tree look(const std::filesystem::path& root);

// Is that version older than major.minor? Of a version that cannot be read: no. Pure.
bool is_before(const std::string& version, unsigned major, unsigned minor);

}  // namespace kproof::desk
