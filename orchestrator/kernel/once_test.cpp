#include "kernel/once.hpp"

#include <atomic>
#include <csignal>
#include <thread>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/files.hpp"

namespace fs = std::filesystem;
using namespace kproof;
using namespace kproof::kernel;

TEST_CASE("kill -9 in the middle leaves no entry, and no lock that stays") {
  const util::ScratchDir dir("kproof-test-");
  const fs::path entry = dir.path() / "entry";
  const Progress quiet = [](std::string_view) {};
  const pid_t child = ::fork();
  if (child == 0)
    make_once(entry, quiet, [](const fs::path& draft) {
      util::write_file_atomically(draft / "half", "");
      ::kill(::getpid(), SIGKILL);
    });
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(!fs::exists(entry));
  make_once(entry, quiet,
            [](const fs::path& draft) { util::write_file_atomically(draft / "whole", ""); });
  CHECK(fs::exists(entry / "whole"));
  CHECK(!fs::exists(entry / "half"));
  CHECK(std::distance(fs::directory_iterator(dir.path()), {}) == 3);  // it, its lock and its record
}

TEST_CASE("a draft that a killed process left is never taken for an entry, and goes") {
  const util::ScratchDir dir("kproof-test-");
  const fs::path entry = dir.path() / "entry", left = dir.path() / "entry.draft-AbCdEf";
  fs::create_directories(left / "half");
  int fills = 0;
  const auto fill = [&](const fs::path& draft) {
    ++fills;
    util::write_file_atomically(draft / "whole", "");
  };
  for (int i = 0; i < 2; ++i)
    make_once(
        entry, [](std::string_view) {}, fill);
  CHECK(fills == 1);
  CHECK(fs::exists(entry / "whole"));
  CHECK(!fs::exists(left));
}

TEST_CASE("a fill that fails leaves nothing, and the next may try") {
  const util::ScratchDir dir("kproof-test-");
  const fs::path entry = dir.path() / "entry";
  const Progress quiet = [](std::string_view) {};
  CHECK_THROWS_AS(make_once(entry, quiet, [](const fs::path&) { throw HostError("disk full"); }),
                  HostError);
  CHECK(!fs::exists(entry));
  make_once(entry, quiet, [](const fs::path&) {});
  CHECK(fs::exists(entry));
}

TEST_CASE("two at once fill an entry once, and both find it made") {
  const util::ScratchDir dir("kproof-test-");
  const fs::path entry = dir.path() / "entry";
  std::atomic<int> fills = 0;
  const auto make = [&] {
    make_once(
        entry, [](std::string_view) {}, [&](const fs::path&) { ++fills; });
    CHECK(fs::exists(entry));
  };
  std::thread a(make), b(make);
  a.join();
  b.join();
  CHECK(fills == 1);
}
