// Guests that never get as far as a case, and guests whose console cannot be believed:
// plans/boots.yaml.
#include <doctest/doctest.h>

#include "e2e/support.hpp"

namespace kproof::e2e::guest_boots_test {
using Titles = std::vector<std::string>;

static const Run& run() {
  static const Run run = run_plan(plan("boots"), fresh_directory("boots"));
  return run;
}

static const Json& ends(const std::string& topology, const Ending& ending,
                        const Titles& found = {}) {
  const std::string id = "debian-6.1/" + topology + "/selftest/pass";
  check_ending(run(), id, ending);
  CHECK(titles(cell(run(), id)) == found);
  // The plan's 4 s for TCG, and what a guest that hangs is asked by then (Deadlines::examine).
  CHECK(seconds_in(cell(run(), id), "boot") <= 26 + 60);
  return cell(run(), id);
}

TEST_CASE(
    "a run of boots that go wrong ends whole, exits with 1, as some crash and hang besides, and "
    "leaves nothing running") {
  check_whole(run(), 1, 6);
}

TEST_CASE("a kernel that finds no init panics before the agent, and that is a crash") {
  const std::string title = "kernel panic: VFS: Unable to mount root fs on unknown-block(NUM,NUM)";
  const Json& panicked =
      ends("no-init",
           {"crash", "kernel", "the kernel panicked in phase boot; finding: kernel panic: VFS: .*"},
           {title});
  CHECK(seconds_in(panicked, "boot") < 20);  // at its end, not at the deadline
}

TEST_CASE("a kernel without memory for its initramfs panics before the agent") {
  ends("too-small", {"crash", "kernel", "the kernel panicked in phase boot; finding: .*"},
       {"kernel panic: System is deadlocked on memory"});
}

TEST_CASE("a boot that goes on and on is a hang at the boot's deadline, and is looked at then") {
  const Json& slow =
      ends("slow", {"hang", "kernel",
                    "no hello of the agent within 2[4-9]\\.[0-9]s in phase boot: silent "
                    "from the boot on, .*; CPU 0 .*"});
  CHECK(seconds_in(slow, "boot") >= 24);
}

TEST_CASE("a console that shows nothing makes the cell broken, though kmsg has it all") {
  const Json& unseen =
      ends("no-serial", {"broken", "host", "the begin canary was not seen on L1's console"});
  const std::string kmsg = read_log(run(), unseen, "kmsg");
  CHECK(kmsg.find("kproof-canary ") != kmsg.npos);
}

TEST_CASE("a kernel that takes no records of user space cannot show the canary and is broken") {
  ends("no-devkmsg",
       {"broken", "host", "the begin canary was not seen on L1's console, L1's kmsg"});
}

// On our guests' consoles a line without a time stamp is a program's. A kernel that prints none
// would have all its panics overlooked.
TEST_CASE("a console without time stamps is a blind one, although the canary stands on it") {
  const Json& bare =
      ends("no-stamps", {"broken", "host", "the begin canary was not seen on L1's console"});
  const std::string console = read_log(run(), bare, "console");
  CHECK(console.find("\nkproof-canary ") != console.npos);
}

}  // namespace kproof::e2e::guest_boots_test
