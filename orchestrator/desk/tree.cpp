#include "desk/tree.hpp"

#include <array>
#include <cstdio>
#include <sstream>

#include <fmt/format.h>

#include "source/kernel_parts.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::desk {
namespace fs = std::filesystem;

std::optional<fs::path> find_tree(const fs::path& start) {
  for (fs::path at = fs::absolute(start).lexically_normal();; at = at.parent_path()) {
    if (source::missing_part(at).empty()) return fs::canonical(at);
    if (at == at.parent_path()) return std::nullopt;
  }
}

// "VERSION = 6", a line each.
static std::string version_of(const fs::path& root) {
  std::istringstream lines(util::read_file(root / "Makefile"));
  std::array<std::string, 4> parts;
  constexpr std::array kNames{"VERSION", "PATCHLEVEL", "SUBLEVEL", "EXTRAVERSION"};
  std::string line;
  for (int count = 0; count < 20 && std::getline(lines, line); ++count) {
    std::istringstream words(line);
    std::string name, equals, value;
    words >> name >> equals >> value;
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (name == kNames[i] && equals == "=") parts[i] = value;
  }
  return fmt::format("{}.{}.{}{}", parts[0], parts[1], parts[2], parts[3]);
}

bool is_before(const std::string& version, unsigned major, unsigned minor) {
  unsigned first = 0, second = 0;
  if (std::sscanf(version.c_str(), "%u.%u", &first, &second) != 2) return false;
  return first < major || (first == major && second < minor);
}

// What a build writes, and what no build reads.
static bool is_beside(const fs::path& relative) {
  const std::string path = relative.string();
  return path == ".git" || path == "Documentation" || path == "include/generated" ||
         path == "include/config" || path.ends_with("/include/generated");
}

static bool is_input(const fs::path& file) {
  const std::string name = file.filename().string(), extension = file.extension().string();
  if (name.ends_with(".mod.c")) return false;  // a build writes it, behind the bzImage
  return extension == ".c" || extension == ".h" || extension == ".S" || name == "Makefile" ||
         name == "Kbuild" || name.starts_with("Kconfig");
}

static std::string newer_than(const fs::path& root, fs::file_time_type time) {
  std::error_code none;
  if (fs::last_write_time(root / ".config", none) > time) return ".config";
  using Walk = fs::recursive_directory_iterator;
  for (Walk at(root, none), end; !none && at != end; at.increment(none)) {
    std::error_code gone;
    if (at->is_directory(gone)) {
      if (is_beside(at->path().lexically_relative(root))) at.disable_recursion_pending();
    } else if (is_input(at->path()) && at->last_write_time(gone) > time && !gone) {
      return at->path().lexically_relative(root).string();
    }
  }
  return "";
}

Tree look(const fs::path& root) {
  if (!source::missing_part(root).empty())
    throw ConfigError(fmt::format("{} is no kernel source tree", root.string()),
                      "one has Kconfig, Makefile and arch/x86/Kconfig");
  Tree tree{.root = fs::canonical(root), .version = version_of(root), .newer = ""};
  std::error_code none;
  tree.config = fs::is_regular_file(root / ".config", none);
  const auto built = fs::last_write_time(root / "arch/x86/boot/bzImage", none);
  tree.built = !none;
  if (tree.built) tree.newer = newer_than(tree.root, built);
  return tree;
}

}  // namespace kproof::desk
