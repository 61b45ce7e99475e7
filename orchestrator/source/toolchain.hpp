// The programs that build a kernel.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "util/user.hpp"

namespace kproof::source {

struct Toolchain {
  std::string compiler;  // as given: "gcc"
  std::string version;   // "12.2.0"
  std::string identity;  // all that it and the linker say of themselves
  bool ccache = false;
};

// HostError names what is missing and its package.
Toolchain find_toolchain(const std::string& compiler);

// HostError when the tree asks for a newer compiler (its scripts/min-tool-version.sh; trees before
// 5.12 have none and are taken as they are). `user` runs that script.
void require_new_enough(const Toolchain& toolchain, const std::filesystem::path& source,
                        const std::optional<util::User>& user);

// "12.2.0" < "12.10"; what is no number counts as 0. Pure.
bool older(const std::string& version, const std::string& than);

}  // namespace kproof::source
