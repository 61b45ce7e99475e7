// The shipped kconfig fragments, looked up by what they set.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "kconfig/fragment.hpp"

namespace kproof::sweep {

class FragmentIndex {
 public:
  // Knows none.
  FragmentIndex() = default;
  explicit FragmentIndex(const std::vector<kconfig::Fragment>& fragments);
  // All *.config of a directory. ConfigError for one that cannot be read as a fragment.
  static FragmentIndex load(const std::filesystem::path& directory);

  // Names of those that set "CONFIG_ZRAM" to y or m, in order; none of a symbol of no fragment.
  std::vector<std::string> that_set(const std::string& symbol) const;
  // " (fragment `aging` sets it)", or "".
  std::string hint(const std::string& symbol) const;

 private:
  std::map<std::string, std::vector<std::string>> names_;  // by symbol, without CONFIG_
};

}  // namespace kproof::sweep
