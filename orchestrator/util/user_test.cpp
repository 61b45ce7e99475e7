#include "util/user.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/files.hpp"
#include "util/subprocess.hpp"

using namespace kproof;
using namespace kproof::util;

static constexpr User kSomebody{.uid = 61234, .gid = 61235};

static bool cannot_try() {
  const std::string why = why_not_become(kSomebody);
  if (!why.empty()) MESSAGE("not tried: ", why);
  return !why.empty();
}

TEST_CASE("a program that is run as another user has none of our rights") {
  if (cannot_try()) return;
  const auto result = run({.argv = {"sh", "-c",
                                    "id -u; id -g; id -G; grep -E 'Cap(Eff|Prm)|NoNew' "
                                    "/proc/self/status"},
                           .user = kSomebody});
  CHECK(result.out ==
        "61234\n61235\n61235\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
        "NoNewPrivs:\t1\n");
}

TEST_CASE("what acts as another user follows no link to where that one may not go") {
  if (cannot_try()) return;
  const ScratchDir ours("kproof-test-");
  write_file_atomically(ours.path() / "secret", "ours");
  const ScratchDir theirs("kproof-test-");
  REQUIRE(::chown(theirs.path().c_str(), kSomebody.uid, kSomebody.gid) == 0);
  std::filesystem::create_symlink(ours.path() / "secret", theirs.path() / "config");
  CHECK(read_file(theirs.path() / "config") == "ours");
  {
    const ActingAs acting(&kSomebody);
    CHECK_THROWS_WITH_AS(read_file(theirs.path() / "config"),
                         doctest::Contains("Permission denied"), HostError);
    CHECK_THROWS_AS(write_file_atomically(ours.path() / "new", ""), HostError);
    write_file_atomically(theirs.path() / "own", "");
  }
  CHECK(read_file(theirs.path() / "config") == "ours");
  struct stat status {};
  REQUIRE(::stat((theirs.path() / "own").c_str(), &status) == 0);
  CHECK(status.st_uid == kSomebody.uid);
}

TEST_CASE("the directory that keeps another user out is named") {
  if (cannot_try()) return;
  const ScratchDir ours("kproof-test-");
  std::filesystem::create_directories(ours.path() / "cache/kernels");
  CHECK(barrier(kSomebody, ours.path() / "cache/kernels") == ours.path());
  ::chmod(ours.path().c_str(), 0755);
  CHECK(barrier(kSomebody, ours.path() / "cache/kernels").empty());
  CHECK(barrier(kSomebody, ours.path() / "cache/not/there/yet").empty());
}

TEST_CASE("who is not root cannot become somebody else, and says so") {
  if (::geteuid() != 0) CHECK(why_not_become(kSomebody) == "kproof is not run as root");
}
