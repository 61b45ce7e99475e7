#include "cache/leftover.hpp"

#include <string>

namespace kproof::cache {
namespace fs = std::filesystem;

static std::size_t suffix_at(const std::string& name) {
  const std::size_t draft = name.rfind(kDraft);
  return draft != name.npos ? draft : name.rfind(kGone);
}

bool is_leftover(const fs::path& path) {
  return suffix_at(path.filename().string()) != std::string::npos;
}

fs::path lock_of_leftover(const fs::path& path) {
  const std::string name = path.filename().string();
  return path.parent_path() / (name.substr(0, suffix_at(name)) + ".lock");
}

bool is_part_of_tree(const fs::path& path) {
  const std::string name = path.filename().string();
  return (name == "ccache" || name.starts_with("build-")) && !is_leftover(path) &&
         path.extension() != ".used";
}

}  // namespace kproof::cache
