#include "kernel/kconfig.hpp"

#include <sstream>

#include "util/files.hpp"

namespace kproof::kernel {

Kconfig Kconfig::load(const std::filesystem::path& path) {
  return path.empty() ? Kconfig() : parse(util::read_file(path));
}

static std::string unquoted(std::string text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return text.substr(1, text.size() - 2);
  return text;
}

Kconfig Kconfig::parse(std::string_view text) {
  Kconfig config;
  config.known_ = true;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    if (!line.starts_with("CONFIG_") || equals == std::string::npos) continue;
    config.values_[line.substr(0, equals)] = unquoted(line.substr(equals + 1));
  }
  return config;
}

Setting Kconfig::enabled(std::string_view symbol) const {
  if (!known_) return Setting::unknown;
  const auto found = values_.find(symbol);
  if (found == values_.end() || found->second == "n") return Setting::no;
  return found->second == "m" ? Setting::module : Setting::yes;
}

std::optional<std::string> Kconfig::value(std::string_view symbol) const {
  const auto found = values_.find(symbol);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

}  // namespace kproof::kernel
