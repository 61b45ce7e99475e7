#include "source/configure.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "kconfig/verify.hpp"
#include "source/unbuildable.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"
#include "util/names.hpp"

namespace kproof::source {
namespace fs = std::filesystem;

static std::vector<std::string> shipped_names(const fs::path& shipped) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(shipped, ignored))
    if (file.path().extension() == ".config") names.push_back(file.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

// A word is a shipped fragment, anything with a slash or a dot a file.
static fs::path find_fragment(const std::string& name, const fs::path& shipped) {
  const bool file = name.find_first_of("/.") != std::string::npos;
  const fs::path path = file ? fs::path(name) : shipped / (name + ".config");
  if (fs::is_regular_file(path)) return path;
  if (file) throw ConfigError(fmt::format("there is no fragment {}", name));
  throw ConfigError(fmt::format("there is no fragment `{}`", name),
                    util::suggest(name, shipped_names(shipped), "fragments"));
}

ConfigInput read_config_input(const std::string& config, const std::vector<std::string>& fragments,
                              const fs::path& shipped) {
  ConfigInput input;
  util::Hasher hasher;
  if (config == "tinyconfig" || config == "defconfig") {
    input.target = config;
    hasher.add(config);
  } else {
    if (!fs::is_regular_file(config))
      throw ConfigError(fmt::format("there is no config {}", config),
                        "give tinyconfig, defconfig or the path of a .config");
    input.text = util::read_file(config);
    const std::string odd = kconfig::not_a_dotconfig(input.text);
    if (!odd.empty())
      throw ConfigError(fmt::format("{} is no .config: {}", config, odd),
                        "what `make menuconfig`, `make savedefconfig` or /boot/config-* has");
    const std::string foreign = kconfig::foreign_architecture(input.text);
    if (!foreign.empty())
      throw ConfigError(
          fmt::format("{} is a config for {}; kproof builds for 64-bit x86", config, foreign));
    hasher.add("file").add(input.text);
  }
  for (const std::string& name : fragments) {
    const fs::path path = find_fragment(name, shipped);
    const std::string text = util::read_file(path);
    const std::string shown = path.parent_path() == shipped ? path.filename().string() : name;
    input.fragments.push_back(kconfig::parse_fragment(text, shown));
    hasher.add(text);
  }
  input.identity = hasher.hex();
  return input;
}

bool shapes_config(const std::string& file) {
  const std::string name = fs::path(file).filename().string();
  return name.starts_with("Kconfig") || name == "Makefile" || name.ends_with("config") ||
         file.starts_with("scripts/");
}

kconfig::Language read_language_of(const fs::path& source) {
  return kconfig::read_language([&](const std::string& file) -> std::optional<std::string> {
    const fs::path path = source / file;
    if (!fs::is_regular_file(path)) return std::nullopt;
    return util::read_file(path);
  });
}

static void check_symbols(const fs::path& source, const ConfigInput& input,
                          const std::string& finished, const kernel::Progress& say) {
  const auto lost = kconfig::verify(input.fragments, kconfig::parse_dotconfig(finished),
                                    read_language_of(source));
  std::vector<std::string> required;
  bool known = false;
  for (const kconfig::Lost& one : lost) {
    if (one.request.optional) {
      say(fmt::format("wished for and not had: {}", to_string(one)));
      continue;
    }
    required.push_back(to_string(one));
    known |= one.loss != kconfig::Loss::unknown;
  }
  if (required.empty()) return;
  throw Unbuildable(
      fmt::format("{} requested {} not as asked:\n{}", required.size(),
                  required.size() == 1 ? "symbol is" : "symbols are", fmt::join(required, "\n")),
      known ? "ask for what they depend on too, leave them out, or put `# optional: why` above them"
            : "leave them out, or put `# optional: why` above them if other versions have them");
}

std::string finish(const Make& how, const ConfigInput& input, const kernel::Progress& say) {
  const fs::path draft = how.build / ".config.kproof";
  const std::string where = "KCONFIG_CONFIG=" + draft.string();
  fs::remove(draft);
  if (!input.target.empty()) make(how, {where, input.target});
  const std::string base = input.target.empty() ? input.text : util::read_file(draft);
  util::write_file_atomically(draft, kconfig::merge(base, input.fragments));
  make(how, {where, "olddefconfig"});
  std::string finished = util::read_file(draft);
  const std::string foreign = kconfig::foreign_architecture(finished);
  if (!foreign.empty()) throw ConfigError(fmt::format("the config is for {}", foreign));
  check_symbols(how.source, input, finished, say);
  return finished;
}

void configure(const Make& how, const ConfigInput& input, const kernel::Progress& say) {
  const fs::path final = how.build / ".config";
  const std::string finished = finish(how, input, say);
  if (!fs::exists(final) || util::read_file(final) != finished)
    util::write_file_atomically(final, finished);
}

}  // namespace kproof::source
