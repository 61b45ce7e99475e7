#include "run/guest_clock.hpp"

#include <doctest/doctest.h>

using namespace kproof::run;
using namespace std::chrono_literals;

TEST_CASE("a guest whose CPUs always ran has our time") {
  GuestClock clock(Time{});
  clock.look(Time(40s), 0ms);
  CHECK(clock.now(Time(40s)) == Time(40s));
  CHECK(clock.starved() == 0ms);
}

TEST_CASE("what its CPUs waited for ours does not pass for it") {
  GuestClock clock(Time{});
  clock.look(Time(10s), 4s);
  CHECK(clock.now(Time(10s)) == Time(6s));
  clock.look(Time(20s), 4s);
  CHECK(clock.now(Time(20s)) == Time(16s));
  CHECK_FALSE(clock.hopeless());
}

TEST_CASE("its clock does not run backwards, though a look tells of time that we had counted") {
  GuestClock clock(Time{});
  clock.look(Time(10s), 0ms);
  CHECK(clock.now(Time(12s)) == Time(12s));
  clock.look(Time(12s), 2s);
  CHECK(clock.now(Time(12s)) == Time(12s));
  CHECK(clock.now(Time(15s)) == Time(13s));
}

TEST_CASE("a deadline comes at its fourfold at the latest, and then the host is at fault") {
  GuestClock clock(Time{});
  for (auto now = 1s; now <= 40s; ++now)
    clock.look(Time(now), std::chrono::milliseconds(now) * 9 / 10);
  CHECK(clock.now(Time(40s)) == Time(10s));
  CHECK(clock.hopeless());
}

TEST_CASE("a wait longer than the time since the last look is taken off no sooner than it passed") {
  GuestClock clock(Time{});
  clock.look(Time(10s), 0ms);
  clock.look(Time(11s), 5s);
  CHECK(clock.now(Time(11s)) == Time(10s));
}

TEST_CASE("no time passes while the guest is held, however long that is") {
  GuestClock clock(Time{});
  clock.hold(Time{10s}, true);
  clock.hold(Time{11s}, true);
  CHECK(clock.now(Time{10h}) == Time{10s});
  clock.hold(Time{10h}, false);
  CHECK(clock.now(Time{10h + 1s}) == Time{11s});
  clock.hold(Time{10h + 1s}, true);
  clock.hold(Time{11h}, false);
  CHECK(clock.now(Time{11h + 1s}) == Time{12s});
}

TEST_CASE("what a held guest's CPUs wait for is not taken off once more, and blames no host") {
  GuestClock clock(Time{});
  clock.look(Time{4s}, 1s);
  clock.hold(Time{4s}, true);
  clock.look(Time{100s}, 60s);
  clock.hold(Time{100s}, false);
  clock.look(Time{101s}, 60s);
  CHECK(clock.starved() == 1s);
  CHECK_FALSE(clock.hopeless());
  CHECK(clock.now(Time{101s}) == Time{4s});
}

TEST_CASE("the worst wait is of any twenty seconds, not of the whole life") {
  GuestClock clock(Time{});
  clock.look(Time{1s}, 0ms);
  for (auto now = 2s; now <= 200s; ++now)  // a tenth, all the time
    clock.look(Time(now), std::chrono::milliseconds(now) / 10);
  CHECK(clock.worst() <= 2100ms);
  for (auto now = 201s; now <= 217s; ++now)
    clock.look(Time(now), 20s + (now - 200s));
  clock.look(Time{300s}, 38s);
  CHECK(clock.worst() == 17300ms);  // and the three seconds before
}

TEST_CASE("what was waited between two looks that are far apart is spread over that time") {
  GuestClock clock(Time{});
  clock.look(Time{1s}, 0ms);
  clock.look(Time{101s}, 90s);
  CHECK(clock.worst() == 18s);
}
