#include "sweep/runtime.hpp"

#include <doctest/doctest.h>

using namespace kproof;
namespace fs = std::filesystem;

static const fs::path kGuard = KPROOF_BUILD_DIR "/lib/kproof/runtime-guard";

TEST_CASE("the runtime directory is short enough for sockets and goes with its owner") {
  fs::path path;
  {
    const sweep::RuntimeDir runtime("/dev/shm", kGuard);
    path = runtime.path();
    CHECK(fs::exists(path));
    CHECK(path.string().size() < 40);
  }
  CHECK(!fs::exists(path));
}

TEST_CASE("what a killed run left behind is removed by the next one, and what is in use is not") {
  const fs::path abandoned = fs::temp_directory_path() / "kproof-run-Dead01";
  fs::create_directories(abandoned);
  { const auto lock = util::FileLock::acquire(abandoned / ".runtime.lock"); }
  const sweep::RuntimeDir first(fs::temp_directory_path(), kGuard);
  CHECK(!fs::exists(abandoned));
  const sweep::RuntimeDir second("/dev/shm", kGuard);
  CHECK(fs::exists(first.path()));
}
