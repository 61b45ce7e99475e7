#include "worker/choose.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::worker;
using lease::What;
using Do = Choice::Do;
using namespace std::chrono_literals;

static Sight sight(What what, util::Millis limit = 60s, bool finished = false) {
  return {limit, {.what = what}, finished};
}

TEST_CASE("a worker begins the first cell that nobody has, and for which it has the time") {
  struct Row {
    const char* sentence;
    std::vector<Sight> items;
    Time time;
    Do act;
    std::size_t item;
  };
  const Time none, hour{1h, 1h}, minute{1min, 1h};
  const Row rows[] = {
      {"nothing to do", {}, none, Do::finished, 0},
      {"all have results",
       {sight(What::fresh, 60s, true), sight(What::done)},
       none,
       Do::finished,
       0},
      {"the first is free", {sight(What::fresh), sight(What::fresh)}, none, Do::run, 0},
      {"the first is held", {sight(What::held), sight(What::stale)}, none, Do::run, 1},
      {"corrupt is free", {sight(What::held), sight(What::corrupt)}, none, Do::run, 1},
      {"all are held", {sight(What::held), sight(What::done)}, none, Do::wait, 0},
      {"our own is held, too", {sight(What::mine)}, none, Do::wait, 0},
      {"attempts are used up", {sight(What::held), sight(What::exhausted)}, none, Do::record, 1},
      {"one with a result, whatever became of its lease",
       {sight(What::exhausted, 60s, true)},
       none,
       Do::finished,
       0},
      {"the time is enough for a shorter one",
       {sight(What::fresh, 2min), sight(What::fresh, 1min)},
       minute,
       Do::run,
       1},
      {"the time is enough for none",
       {sight(What::fresh, 2min), sight(What::held)},
       minute,
       Do::no_time,
       0},
      {"no worker's time is enough, and this one is new",
       {sight(What::fresh, 2h)},
       hour,
       Do::run,
       0},
      {"no worker's time is enough, and this one is not",
       {sight(What::fresh, 2h)},
       {50min, 1h},
       Do::no_time,
       0},
      {"another's time is enough", {sight(What::fresh, 58min)}, {55min, 1h}, Do::no_time, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sentence);
    const Choice choice = choose(row.items, row.time);
    CHECK(choice.act == row.act);
    CHECK(choice.item == row.item);
  }
}
