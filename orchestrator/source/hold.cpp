#include "source/hold.hpp"

#include <fmt/format.h>

namespace kproof::source {
namespace fs = std::filesystem;
using For = util::FileLock::For;

static util::FileLock lock(const fs::path& path, For whom, const Settings& settings) {
  if (auto lock = util::FileLock::try_acquire(path, whom)) return std::move(*lock);
  settings.say(fmt::format("waiting for {}, which builds in {}", util::FileLock::told_holder(path),
                           path.parent_path().string()));
  return util::FileLock::acquire(path, settings.stop_fd, whom);
}

util::FileLock hold_build(const fs::path& tree, const std::string& build,
                          const Settings& settings) {
  return lock(tree / ("." + build), For::one, settings);
}

static bool holds(const fs::path& tree, const std::string& state) {
  const fs::path file = tree / "holds";
  return fs::exists(tree / "source") && fs::exists(file) && util::read_file(file) == state;
}

// Between the two locks somebody else may be first, so it is looked at again.
util::FileLock hold_source(const fs::path& tree, const std::string& state,
                           const std::function<void()>& put_in_order, const Settings& settings) {
  for (;;) {
    {
      util::FileLock shared = lock(tree / "lock", For::all, settings);
      if (holds(tree, state)) return shared;
    }
    const util::FileLock alone = lock(tree / "lock", For::one, settings);
    if (holds(tree, state)) continue;
    fs::remove(tree / "holds");
    put_in_order();
    util::write_file_atomically(tree / "holds", state);
  }
}

}  // namespace kproof::source
