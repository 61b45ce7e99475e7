// What tells a kernel's source from any other directory.
#pragma once

#include <filesystem>
#include <string>

namespace kproof::source {

// Of the files that each kernel's source has, the first that is missing: "arch/x86/Kconfig"; "" for
// none.
std::string missing_part(const std::filesystem::path& directory);
std::string missing_part(const std::filesystem::path& repository, const std::string& commit);

}  // namespace kproof::source
