#include "run/hold.hpp"

#include <doctest/doctest.h>

using namespace kproof::run;

static Hold hold(PauseOn on, bool keep = false) {
  return Hold({.pause_on = on, .keep = keep});
}

TEST_CASE("without a wish nothing is held, whatever happens, but by the user himself") {
  Hold guest;
  guest.on_finding("WARNING in foo");
  guest.on_not_ok("not ok 1 - a");
  guest.on_case_ended("it exited with 1");
  guest.on_doomed("it hangs");
  CHECK_FALSE(guest.held());
  CHECK_FALSE(guest.time_stops());
  guest.pause();
  CHECK(guest.why() == "by its user");
  CHECK(guest.cpus_stop());
}

TEST_CASE("--pause-on finding holds at the kernel's first word, and never again") {
  Hold guest = hold(PauseOn::finding);
  guest.on_not_ok("not ok 1 - a");
  CHECK_FALSE(guest.held());
  guest.on_finding("WARNING in foo");
  CHECK(guest.why() == "WARNING in foo");
  guest.resume();
  CHECK_FALSE(guest.held());
  guest.on_finding("bad pud");
  guest.on_case_ended("it exited with 1");
  CHECK_FALSE(guest.held());
}

TEST_CASE("--pause-on fail holds at whatever comes first of a finding and a case that fails") {
  using Happens = void (*)(Hold&);
  for (const Happens happens :
       {Happens([](Hold& g) { g.on_finding("x"); }), Happens([](Hold& g) { g.on_not_ok("x"); }),
        Happens([](Hold& g) { g.on_case_ended("x"); }),
        Happens([](Hold& g) { g.on_doomed("x"); })}) {
    Hold guest = hold(PauseOn::failure);
    guest.on_case_ended("");
    CHECK_FALSE(guest.held());
    happens(guest);
    CHECK(guest.why() == "x");
  }
}

TEST_CASE("--keep holds where a failed guest would end, and lets one end that did not fail") {
  Hold good = hold(PauseOn::nothing, true);
  good.on_case_ended("");
  CHECK_FALSE(good.held());

  Hold found = hold(PauseOn::nothing, true);
  found.on_finding("WARNING in foo");
  CHECK_FALSE(found.held());
  found.on_case_ended("");
  CHECK(found.why() == "WARNING in foo");

  Hold hung = hold(PauseOn::nothing, true);
  hung.on_doomed("it hangs");
  CHECK(hung.why() == "it hangs");
  hung.resume();
  hung.on_case_ended("its case was killed at its deadline");
  CHECK_FALSE(hung.held());
}

TEST_CASE("with both it is held at the finding, and once more where it would end") {
  Hold guest = hold(PauseOn::finding, true);
  guest.on_finding("WARNING in foo");
  CHECK(guest.held());
  guest.resume();
  guest.on_case_ended("it exited with 1");
  CHECK(guest.why() == "WARNING in foo");
}

TEST_CASE("a held guest's CPUs run only for a shell and a debugger, and its time not at all") {
  for (const Way way : {Way::console, Way::monitor, Way::shell, Way::gdb, Way::gdb_inside}) {
    CAPTURE(kWays[static_cast<std::size_t>(way)]);
    Hold guest;
    guest.pause();
    guest.enter(way);
    CHECK(guest.cpus_stop() == (way == Way::console || way == Way::monitor));
    CHECK(guest.time_stops());
    guest.leave(way);
    CHECK(guest.cpus_stop());
    CHECK(guest.time_stops());
  }
}

TEST_CASE("no time passes while somebody is in, and it does when the last one has left") {
  Hold guest;
  guest.enter(Way::shell);
  guest.enter(Way::console);
  CHECK(guest.time_stops());
  CHECK_FALSE(guest.cpus_stop());
  guest.leave(Way::shell);
  CHECK(guest.time_stops());
  guest.leave(Way::console);
  CHECK_FALSE(guest.time_stops());
  CHECK(guest.visits() == std::set<std::string>{"console", "shell"});
}

TEST_CASE("who resumes a guest in which others are lets its CPUs run, and no time pass") {
  Hold guest;
  guest.pause();
  guest.enter(Way::monitor);
  guest.resume();
  CHECK_FALSE(guest.cpus_stop());
  CHECK(guest.time_stops());
}
