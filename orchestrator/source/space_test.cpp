#include "source/space.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
using namespace kproof::source;
namespace fs = std::filesystem;

TEST_CASE("the mount point of what is not there yet is that of its parents") {
  CHECK(mount_point("/proc/self/none/such") == "/proc");
  CHECK(mount_point("/") == "/");
}

TEST_CASE("each full file system is named once, with what it holds") {
  const util::ScratchDir scratch("kproof-space");
  const fs::path one = scratch.path() / "one", two = scratch.path() / "two";
  const std::string mount = mount_point(scratch.path()).string();
  const std::string said = full_disk({one, two}, UINTMAX_MAX);
  CHECK(said.starts_with("the file system on " + mount + " is full ("));
  CHECK(said.ends_with(" MB left for " + one.string() + ")"));
}

TEST_CASE("a disk that has room again is named by the first path") {
  const util::ScratchDir scratch("kproof-space");
  CHECK(full_disk({scratch.path(), "/proc"}, 0) ==
        "the file system on " + mount_point(scratch.path()).string() + " was full (it holds " +
            scratch.path().string() + ")");
}

TEST_CASE("what has room is not called full") {
  const util::ScratchDir scratch("kproof-space-");
  CHECK(full_now({scratch.path()}, 1) == "");
  CHECK(full_now({scratch.path()}, UINTMAX_MAX).find(" is full (") != std::string::npos);
}
