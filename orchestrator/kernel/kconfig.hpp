// A kernel's .config, for checking what a case needs before anything boots.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "kconfig/dotconfig.hpp"

namespace kproof::kernel {

enum class Setting { no, module, yes, unknown };

class Kconfig {
 public:
  // Knows nothing: every symbol is `unknown`.
  Kconfig() = default;
  // An empty path knows nothing too (KernelArtifact::config of a bare bzImage). HostError when the
  // file cannot be read.
  static Kconfig load(const std::filesystem::path& path);
  static Kconfig parse(std::string_view text);

  bool known() const { return known_; }
  // A symbol that a .config does not mention is off: its dependencies are unmet, or this kernel has
  // no such symbol. A string or a number that is set counts as yes.
  Setting enabled(std::string_view symbol) const;
  // Text behind the "=", without quotes: "250" for CONFIG_HZ.
  std::optional<std::string> value(std::string_view symbol) const;

 private:
  bool known_ = false;
  kconfig::Values values_;
};

}  // namespace kproof::kernel
