// A .config: read, judged, merged with fragments.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kconfig/fragment.hpp"

namespace kproof::kconfig {

// Symbol without CONFIG_ -> value as written. What is not set is not there.
using Values = std::map<std::string, std::string, std::less<>>;
Values parse_dotconfig(std::string_view text);

// Those of which it says "is not set".
std::set<std::string, std::less<>> switched_off(std::string_view text);

// "n" for what is not there.
std::string_view value_of(const Values& values, std::string_view symbol);

// "" for what a .config or a defconfig looks like; else what is wrong with it. kconfig itself warns
// of such lines, and makes a default config.
std::string not_a_dotconfig(std::string_view text);

// "" for a config of 64-bit x86, or one that does not say; else what it is for: "arm64".
std::string foreign_architecture(std::string_view text);

// `base` without what the fragments ask for, and then that: of equal symbols the later fragment's.
// For `make olddefconfig`.
std::string merge(std::string_view base, const std::vector<Fragment>& fragments);

// The request that counts for each symbol.
std::map<std::string, const Request*> effective(const std::vector<Fragment>& fragments);

}  // namespace kproof::kconfig
