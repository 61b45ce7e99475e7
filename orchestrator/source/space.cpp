#include "source/space.hpp"

#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kproof::source {
namespace fs = std::filesystem;

static fs::path nearest_existing(const fs::path& path) {
  std::error_code ignored;
  fs::path found = fs::absolute(path).lexically_normal();
  while (!fs::exists(found, ignored) && found.has_relative_path())
    found = found.parent_path();
  return fs::canonical(found, ignored);
}

fs::path mount_point(const fs::path& path) {
  fs::path mount = nearest_existing(path);
  struct stat here {
  }, above{};
  while (mount.has_relative_path() && ::stat(mount.c_str(), &here) == 0 &&
         ::stat(mount.parent_path().c_str(), &above) == 0 && here.st_dev == above.st_dev)
    mount = mount.parent_path();
  return mount;
}

// Some is kept for root.
static std::uintmax_t left_for_us(const fs::space_info& space) {
  return ::geteuid() == 0 ? space.free : space.available;
}

std::string full_now(const std::vector<fs::path>& paths, std::uintmax_t least) {
  std::vector<std::string> full;
  std::set<fs::path> seen;
  for (const fs::path& path : paths) {
    std::error_code error;
    const fs::path mount = mount_point(path);
    const auto space = fs::space(mount, error);
    const std::uintmax_t left = left_for_us(space);
    if (error || left >= least || !seen.insert(mount).second) continue;
    full.push_back(fmt::format("the file system on {} is full ({} MB left for {})", mount.string(),
                               left >> 20, path.string()));
  }
  return fmt::format("{}", fmt::join(full, "; "));
}

std::string full_disk(const std::vector<fs::path>& paths, std::uintmax_t least) {
  if (std::string full = full_now(paths, least); !full.empty()) return full;
  return fmt::format("the file system on {} was full (it holds {})",
                     mount_point(paths.front()).string(), paths.front().string());
}

static std::string setting(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

std::vector<fs::path> places_of_a_build(const fs::path& build) {
  const std::string caches = setting("XDG_CACHE_HOME", setting("HOME", "/") + "/.cache");
  return {build, setting("TMPDIR", "/tmp"), setting("CCACHE_DIR", caches + "/ccache")};
}

}  // namespace kproof::source
