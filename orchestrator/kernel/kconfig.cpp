#include "kernel/kconfig.hpp"

#include "util/files.hpp"

namespace kproof::kernel {

Kconfig Kconfig::load(const std::filesystem::path& path) {
  return path.empty() ? Kconfig() : parse(util::read_file(path));
}

Kconfig Kconfig::parse(std::string_view text) {
  Kconfig config;
  config.known_ = true;
  config.values_ = kconfig::parse_dotconfig(text);
  return config;
}

// "CONFIG_HZ" -> "HZ".
static std::string_view bare(std::string_view symbol) {
  constexpr std::string_view kPrefix = "CONFIG_";
  return symbol.starts_with(kPrefix) ? symbol.substr(kPrefix.size()) : symbol;
}

Setting Kconfig::enabled(std::string_view symbol) const {
  if (!known_) return Setting::unknown;
  const std::string_view value = kconfig::value_of(values_, bare(symbol));
  if (value == "n") return Setting::no;
  return value == "m" ? Setting::module : Setting::yes;
}

std::optional<std::string> Kconfig::value(std::string_view symbol) const {
  const auto found = values_.find(bare(symbol));
  if (found == values_.end()) return std::nullopt;
  const std::string_view text = found->second;
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

}  // namespace kproof::kernel
