// From a base config and fragments to a .config whose every requested symbol was checked.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kconfig/fragment.hpp"
#include "kconfig/language.hpp"
#include "source/make.hpp"

namespace kproof::source {

struct ConfigInput {
  std::string target;  // "tinyconfig" or "defconfig"; "" when `text` is a user's .config
  std::string text;
  std::vector<kconfig::Fragment> fragments;
  std::string identity;  // hash of all of it
};

// `config` and `fragments` as in model::BuildSource; names of fragments are looked up in `shipped`.
// ConfigError for what does not exist, is no fragment, or is a .config of another architecture.
ConfigInput read_config_input(const std::string& config, const std::vector<std::string>& fragments,
                              const std::filesystem::path& shipped);

// Of the tree, as far as kconfig/ understands it.
kconfig::Language read_language_of(const std::filesystem::path& source);

// Whether a file of the tree has a say in what configure() makes: Kconfig files, makefiles, default
// configs, and the scripts that ask the compiler.
bool shapes_config(const std::string& file);

// What configure() writes.
std::string finish(const Make& how, const ConfigInput& input, const kernel::Progress& say);

// Writes <build>/.config; leaves it alone, with its time, when it has that content. ConfigError
// with every symbol that was lost and why, when one of them is required; what was only wished for
// goes to `say`.
void configure(const Make& how, const ConfigInput& input, const kernel::Progress& say);

}  // namespace kproof::source
