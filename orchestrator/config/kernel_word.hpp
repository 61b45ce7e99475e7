// A kernel in one word, as on the command line and in a plan: "v6.12", "debian:6.12",
// "linux-image-amd64", "../linux". Pure.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/kernel.hpp"

namespace kproof::config {

// "v6.12", "v6.1.55", "v6.13-rc2": a tag of a git tree.
bool is_tag(std::string_view word);

// "debian:6.12", the newest kernel of that version that apt has; or "linux-image-...". Nothing for
// any other word.
std::optional<model::PackageSource> package_of(std::string_view word);

// Is it a tag or a package, and so no path?
bool is_kernel_word(std::string_view word);

// That tag of the git tree, built small, so that it is the same kernel on every machine: tinyconfig
// and usual_fragments().
model::BuildSource small_build(const std::filesystem::path& tree, const std::string& tag);

// What guests and cases need of a config: names in kconfigs/fragments.
const std::vector<std::string>& usual_fragments();

}  // namespace kproof::config
