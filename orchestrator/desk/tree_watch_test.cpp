#include "desk/tree_watch.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Names = std::vector<std::string>;

TEST_CASE("what is saved in a tree is seen, in new directories, too, and outputs are not") {
  const util::ScratchDir scratch("kproof-watch-");
  for (const char* directory : {"mm", "include/generated", ".git"})
    fs::create_directories(scratch.path() / directory);
  desk::TreeWatch watch(scratch.path());
  CHECK(watch.directories() == 3);  // the tree, mm and include
  CHECK(watch.read() == Names{});
  CHECK_FALSE(util::is_readable(watch.fd()));

  util::write_file_atomically(scratch.path() / ".git/index", "x");
  util::write_file_atomically(scratch.path() / "include/generated/a.h", "x");
  util::write_file_atomically(scratch.path() / "mm/a.o", "x");
  CHECK(watch.read() == Names{});
  util::write_file_atomically(scratch.path() / "mm/a.c", "x");
  CHECK(util::is_readable(watch.fd(), 10s));
  CHECK(watch.read().back() == "mm/a.c");

  fs::create_directories(scratch.path() / "fs/new");
  util::write_file_atomically(scratch.path() / "fs/new/b.c", "x");
  const Names seen = watch.read();
  REQUIRE_FALSE(seen.empty());
  CHECK(seen.back() == "fs/new/b.c");
  fs::remove(scratch.path() / "fs/new/b.c");
  CHECK(watch.read() == Names{"fs/new/b.c"});
}
