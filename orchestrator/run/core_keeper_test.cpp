#include "run/core_keeper.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
using namespace kproof::run;
using namespace std::chrono_literals;

static const Seen kFinding{.sign = Sign::finding, .what = "a finding on the console"};
static const Seen kWarning{.sign = Sign::finding, .what = "a finding", .panics = true};
static const Seen kNotOk{.sign = Sign::not_ok, .what = "not ok 2 b"};
static const Seen kSeenEnd{.sign = Sign::ended, .what = "exited with 0", .failed = false};
static const Seen kFailed{.sign = Sign::ended, .what = "exited with 1"};
static const Seen kHang{.sign = Sign::hang, .what = "it hangs"};

static bool due_after(CoreAt at, const Seen& seen) {
  CoreKeeper keeper(at);
  keeper.note(seen, Time{1s});
  return keeper.due(Time{1s});
}

TEST_CASE("1: memory is read once, at the first sign that counts") {
  CHECK(due_after(CoreAt::first, kNotOk));
  CHECK(due_after(CoreAt::first, kSeenEnd));
  CHECK(due_after(CoreAt::first, kFinding));
  CHECK(due_after(CoreAt::failure, kFinding));
  CHECK(due_after(CoreAt::failure, kFailed));
  CHECK_FALSE(due_after(CoreAt::failure, kSeenEnd));
  CHECK(due_after(CoreAt::finding, kFinding));
  CHECK_FALSE(due_after(CoreAt::finding, kNotOk));
  CHECK_FALSE(due_after(CoreAt::finding, kFailed));
  CHECK_FALSE(due_after(CoreAt::end, kFinding));
  CHECK(due_after(CoreAt::end, kSeenEnd));
  CoreKeeper keeper(CoreAt::first);
  keeper.note(kNotOk, Time{1s});
  keeper.note(kFailed, Time{2s});
  CHECK(keeper.moment() == "not ok 2 b (L1)");
  keeper.begin();
  CHECK_FALSE(keeper.due(Time{3s}));
}

TEST_CASE("2: a kernel that panics says all of it first, for as long as that may take") {
  CoreKeeper keeper(CoreAt::finding);
  keeper.note(kWarning, Time{1s});
  CHECK_FALSE(keeper.due(Time{2s}));
  CHECK(keeper.due(Time{6s}));
  keeper.hear(2, "---[ end Kernel panic - not syncing: of another level");
  CHECK_FALSE(keeper.due(Time{2s}));
  keeper.hear(1, "---[ end Kernel panic - not syncing: ");
  CHECK(keeper.due(Time{2s}));
}

TEST_CASE("3: one that dies or hangs will have no end, and is read as it dies") {
  CoreKeeper keeper(CoreAt::end);
  keeper.note(kWarning, Time{1s});
  keeper.hear(1, "---[ end Kernel panic - not syncing: ");
  CHECK(keeper.due(Time{1s}));
  for (const CoreAt at : {CoreAt::first, CoreAt::failure, CoreAt::finding, CoreAt::end})
    CHECK(due_after(at, kHang));
}

TEST_CASE("4: a file that is not whole is not there, and it is said why") {
  const util::ScratchDir scratch("kproof-test-");
  for (const std::string error : {"", "No space left on device"}) {
    CoreKeeper keeper(CoreAt::first);
    keeper.put(scratch.path() / "vmcore");
    util::write_file_atomically(keeper.draft(), "some");
    std::filesystem::remove(keeper.file());
    keeper.finish(error);
    CHECK(keeper.kept() == error.empty());
    CHECK(keeper.problem() == error);
    CHECK(std::filesystem::exists(keeper.file()) == error.empty());
    CHECK_FALSE(std::filesystem::exists(keeper.draft()));
  }
}
