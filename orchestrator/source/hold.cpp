#include "source/hold.hpp"

#include <utility>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/fd.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using For = util::FileLock::For;

static std::string waiting_for(const fs::path& lock) {
  return fmt::format("waiting for {}, which builds in {}", util::FileLock::told_holder(lock),
                     lock.parent_path().string());
}

static util::FileLock lock(const fs::path& path, For whom, const Settings& settings) {
  if (auto lock = util::FileLock::try_acquire(path, whom)) return std::move(*lock);
  settings.say(waiting_for(path));
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

// Who waits to be alone with the files looks again and again: somebody else may make them what he
// wants, and build from them for an hour.
util::FileLock hold_source(const fs::path& tree, const std::string& state,
                           const std::function<void()>& put_in_order, const Settings& settings) {
  const fs::path file = tree / "lock";
  for (bool told = false;;) {
    {
      util::FileLock shared = lock(file, For::all, settings);
      if (holds(tree, state)) return shared;
    }
    if (const auto alone = util::FileLock::try_acquire(file, For::one)) {
      if (holds(tree, state)) continue;
      fs::remove(tree / "holds");
      put_in_order();
      util::write_file_atomically(tree / "holds", state);
      continue;
    }
    if (!std::exchange(told, true)) settings.say(waiting_for(file));
    if (util::is_readable(settings.stop_fd, 100ms))
      throw Interrupted("interrupted while " + waiting_for(file));
  }
}

}  // namespace kproof::source
