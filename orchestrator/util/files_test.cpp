#include "util/files.hpp"

#include <cerrno>

#include <doctest/doctest.h>

#include "util/draft_file.hpp"
#include "util/error.hpp"

namespace fs = std::filesystem;
using namespace kproof;
using namespace kproof::util;

TEST_CASE("an atomic write replaces the file and leaves no draft") {
  const ScratchDir dir("kproof-test-");
  const fs::path file = dir.path() / "a.json";
  write_file_atomically(file, "one");
  write_file_atomically(file, "two");
  CHECK(read_file(file) == "two");
  CHECK(std::distance(fs::directory_iterator(dir.path()), {}) == 1);
}

TEST_CASE("a failed write names the path and the reason, and leaves no draft") {
  CHECK_THROWS_WITH_AS(write_file_atomically("/nonexistent/a", "x"),
                       doctest::Contains("/nonexistent/a"), HostError);
  CHECK_THROWS_AS(read_file("/nonexistent/a"), HostError);
  if (fs::exists("/dev/full"))
    CHECK_THROWS_WITH_AS(write_file_atomically("/dev/full/x", "x"), doctest::Contains("/dev/full"),
                         HostError);
}

TEST_CASE(
    "a draft that is not committed leaves nothing; one that is has pieces and files in order") {
  const ScratchDir dir("kproof-test-");
  const fs::path file = dir.path() / "a", part = dir.path() / "part";
  write_file_atomically(part, "two");
  { DraftFile(file).write("one"); }
  CHECK(std::distance(fs::directory_iterator(dir.path()), {}) == 1);
  DraftFile draft(file), another(file);  // as of two containers whose processes have one pid
  draft.write("one");
  draft.append(part);
  draft.write("three");
  CHECK_FALSE(fs::exists(file));
  draft.commit();
  CHECK(read_file(file) == "onetwothree");
}

TEST_CASE("a scratch directory goes with its owner") {
  fs::path path;
  {
    const ScratchDir dir("kproof-test-");
    path = dir.path();
    write_file_atomically(path / "x", "y");
  }
  CHECK(!fs::exists(path));
}

TEST_CASE("a lock is held once, names its holder, and is free afterwards") {
  const ScratchDir dir("kproof-test-");
  const fs::path file = dir.path() / ".lock";
  {
    const auto first = FileLock::try_acquire(file);
    REQUIRE(first);
    CHECK(!FileLock::try_acquire(file));
    CHECK(FileLock::holder(file) == std::to_string(::getpid()));
  }
  CHECK(FileLock::try_acquire(file));
}

TEST_CASE("a full file system has a next step, a missing file speaks for itself") {
  const HostError full = file_error("write", "/a/b", ENOSPC);
  CHECK(std::string(full.what()) == "cannot write /a/b: No space left on device");
  CHECK(full.hint() == "free some space there, or choose another file system");
  CHECK(file_error("open", "/a/b", ENOENT).hint() == "");
}
