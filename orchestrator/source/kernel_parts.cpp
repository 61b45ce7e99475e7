#include "source/kernel_parts.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "util/git.hpp"

namespace kproof::source {
namespace fs = std::filesystem;

template <class Has>
static std::string first_without(Has has) {
  static constexpr std::array kParts{"Kconfig", "Makefile", "arch/x86/Kconfig"};
  const auto* const part = std::ranges::find_if_not(kParts, has);
  return part == kParts.end() ? "" : *part;
}

std::string missing_part(const fs::path& directory) {
  return first_without([&](const char* part) {
    std::error_code none;
    return fs::is_regular_file(directory / part, none);
  });
}

std::string missing_part(const fs::path& repository, const std::string& commit) {
  return first_without([&](const char* part) {
    return util::git(repository, {"cat-file", "-e", fmt::format("{}:{}", commit, part)}).ok();
  });
}

}  // namespace kproof::source
