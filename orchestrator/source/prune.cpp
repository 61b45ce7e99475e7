#include "source/prune.hpp"

#include <fmt/format.h>

#include "util/files.hpp"

namespace kproof::source {
namespace fs = std::filesystem;

static bool older(const fs::path& path, std::chrono::hours age) {
  std::error_code none;
  const auto time = fs::last_write_time(path, none);
  return !none && fs::file_time_type::clock::now() - time > age;
}

static void remove(const fs::path& what, const kernel::Progress& say) {
  say(fmt::format("removing {}, unused for a month", what.string()));
  std::error_code ignored;  // of another user perhaps: not ours to complain of
  fs::remove_all(what, ignored);
}

// Each build writes a file of its own there, and each takes the tree's lock.
static void prune_tree(const fs::path& tree, std::chrono::hours unused,
                       const kernel::Progress& say) {
  const bool whole = older(tree / "lock", unused);
  const auto held = util::FileLock::try_acquire(tree / "lock");
  if (!held) return;
  if (whole) return remove(tree, say);
  for (const auto& part : fs::directory_iterator(tree))
    if (part.path().filename().string().starts_with("build-") && older(part.path(), unused))
      remove(part.path(), say);
}

void prune(const fs::path& trees, std::chrono::hours unused, const kernel::Progress& say) {
  if (!fs::exists(trees)) return;
  for (const auto& tree : fs::directory_iterator(trees))
    if (fs::exists(tree.path() / "lock")) prune_tree(tree.path(), unused, say);
}

}  // namespace kproof::source
