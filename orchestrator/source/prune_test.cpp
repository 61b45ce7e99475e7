#include "source/prune.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {
struct Trees {
  const util::ScratchDir scratch{"kproof-prune"};
  fs::path make(const std::string& name, std::chrono::hours ago) const {
    const fs::path tree = scratch.path() / name;
    for (const char* part : {"source", "build-a", "build-b"})
      fs::create_directories(tree / part);
    fs::last_write_time(tree / "build-a", fs::file_time_type::clock::now() - 40h);
    util::write_file_atomically(tree / "lock", "1\n");
    fs::last_write_time(tree / "lock", fs::file_time_type::clock::now() - ago);
    return tree;
  }
  void prune() const {
    source::prune(scratch.path(), 30h, [](std::string_view) {});
  }
};
}  // namespace

TEST_CASE("a tree that no build used for long is removed, of others the builds that none used") {
  const Trees trees;
  const fs::path old = trees.make("old", 31h), recent = trees.make("recent", 29h);
  trees.prune();
  CHECK_FALSE(fs::exists(old));
  CHECK(fs::exists(recent / "source"));
  CHECK_FALSE(fs::exists(recent / "build-a"));
  CHECK(fs::exists(recent / "build-b"));
}

TEST_CASE("a tree in use stays, however old") {
  const Trees trees;
  const fs::path tree = trees.make("old", 31h);
  const auto held = util::FileLock::try_acquire(tree / "lock");
  fs::last_write_time(tree / "lock", fs::file_time_type::clock::now() - 31h);
  trees.prune();
  CHECK(fs::exists(tree / "build-a"));
}
