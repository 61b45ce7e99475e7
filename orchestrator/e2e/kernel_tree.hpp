// Kernels made of Debian's that lack something.
#pragma once

#include <filesystem>
#include <string>

namespace kproof::e2e {

// The unpacked package, of Debian 6.1 when none is named: boot/ and lib/modules/<release>/.
std::filesystem::path debian_root(const std::string& package = "linux-image-amd64");

// Makes `tree` of it, without one of its modules.
void make_tree(const std::filesystem::path& root, const std::filesystem::path& tree,
               const std::string& without);

}  // namespace kproof::e2e
