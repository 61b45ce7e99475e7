#include "sweep/fragments.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "util/files.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

FragmentIndex::FragmentIndex(const std::vector<kconfig::Fragment>& fragments) {
  for (const kconfig::Fragment& fragment : fragments)
    for (const kconfig::Request& request : fragment.requests)
      if (request.value != "n") names_[request.symbol].push_back(fragment.name);
}

FragmentIndex FragmentIndex::load(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().extension() == ".config") files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<kconfig::Fragment> fragments;
  for (const fs::path& file : files)
    fragments.push_back(kconfig::parse_fragment(util::read_file(file), file.string()));
  return FragmentIndex(fragments);
}

std::vector<std::string> FragmentIndex::that_set(const std::string& symbol) const {
  const auto found = names_.find(symbol.starts_with("CONFIG_") ? symbol.substr(7) : symbol);
  return found == names_.end() ? std::vector<std::string>{} : found->second;
}

std::string FragmentIndex::hint(const std::string& symbol) const {
  const std::vector<std::string> names = that_set(symbol);
  return names.empty() ? "" : fmt::format(" (fragment `{}` sets it)", fmt::join(names, "` or `"));
}

}  // namespace kproof::sweep
