#include "bisect/minimise.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace kproof;
using namespace kproof::bisect;

namespace {
bool holds(const Changes& all, const Changes& some) {
  return std::ranges::includes(all, some);
}

// A kernel that fails when it has all changes of any of `causes`, and that cannot be had, as far as
// `truth` says, unless each change has what it needs.
struct World {
  std::vector<Change> known;               // what minimise() is told
  std::vector<Change> truth;               // needs, as they are
  std::vector<Changes> causes;             // each closed
  std::set<std::size_t> unbuildable = {};  // a kernel whose highest change is one of these
  mutable std::size_t asked = 0, refused = 0;

  explicit World(std::size_t changes) : known(changes), truth(changes) {}
  void need(std::size_t one, std::size_t other, bool told = true) {
    truth[one].needs.insert(other);
    if (told) known[one].needs.insert(other);
  }
  Outcome look(const Changes& made) const {
    for (const std::size_t one : made)
      if (!holds(made, truth[one].needs)) return ++refused, Outcome::skipped;
    ++asked;
    if (!made.empty() && unbuildable.contains(*made.rbegin())) return Outcome::skipped;
    return std::ranges::any_of(causes, [&](const Changes& cause) { return holds(made, cause); })
               ? Outcome::bad
               : Outcome::good;
  }
  Minimum find() const {
    return minimise(known, [this](const Changes& made) { return look(made); });
  }
};

// The budget without the two ends.
std::size_t budget(std::size_t changes) {
  return static_cast<std::size_t>(2 * std::ceil(std::log2(changes))) + 2;
}
}  // namespace

TEST_CASE("one change among n is found within 2 log2(n) + 4 kernels, the two ends included") {
  for (const std::size_t n : {1u, 2u, 3u, 7u, 60u, 64u, 65u, 1000u})
    for (std::size_t culprit = 0; culprit < n; culprit += std::max<std::size_t>(1, n / 17)) {
      CAPTURE(n);
      CAPTURE(culprit);
      World world(n);
      world.causes = {{culprit}};
      const Minimum minimum = world.find();
      REQUIRE(minimum.causes.size() == 1);
      CHECK(minimum.causes[0].changes == Changes{culprit});
      CHECK(minimum.causes[0].needed.empty());
      CHECK(minimum.causes[0].least);
      CHECK(minimum.without == Outcome::good);
      CHECK(minimum.rest.size() == n - 1);
      CHECK(world.asked <= budget(n));
    }
}

TEST_CASE("two changes that fail only together are found, and each is seen to be needed") {
  World world(100);
  world.causes = {{13, 77}};
  const Minimum minimum = world.find();
  REQUIRE(minimum.causes.size() == 1);
  CHECK(minimum.causes[0].changes == Changes{13, 77});
  CHECK(minimum.causes[0].least);
  CHECK(minimum.without == Outcome::good);
  CHECK(world.asked <= 2 * budget(100));
}

TEST_CASE("of two changes that fail each by itself both are found, as causes of their own") {
  World world(100);
  world.causes = {{13}, {77}};
  const Minimum minimum = world.find();
  REQUIRE(minimum.causes.size() == 2);
  CHECK(minimum.causes[0].changes == Changes{13});
  CHECK(minimum.causes[1].changes == Changes{77});
  CHECK(minimum.without == Outcome::good);
  CHECK_FALSE(minimum.rest.contains(13));
  CHECK_FALSE(minimum.rest.contains(77));
}

TEST_CASE("more causes than are looked for leave a proof that is bad") {
  World world(10);
  for (std::size_t one = 0; one < 10; ++one)
    world.causes.push_back({one});
  const Minimum minimum = world.find();
  CHECK(minimum.causes.size() == kMostCauses);
  CHECK(minimum.without == Outcome::bad);
}

TEST_CASE("what a change needs comes with it, and is told apart from it") {
  World world(64);
  world.need(40, 3);
  world.need(41, 40);
  world.causes = {{3, 40}};
  const Minimum minimum = world.find();
  CHECK(minimum.causes[0].changes == Changes{3, 40});
  CHECK(minimum.causes[0].needed == Changes{3});
  CHECK(minimum.without == Outcome::good);
  CHECK_FALSE(minimum.rest.contains(41));  // it needs what was taken away
  CHECK(minimum.rest.contains(3));
  CHECK(world.refused == 0);
  CHECK(world.asked <= budget(64));
}

TEST_CASE("changes that cannot be had one without the other are one answer, which is not least") {
  World world(64);
  world.need(20, 30, false);
  world.need(30, 20, false);
  world.causes = {{20}};
  const Minimum minimum = world.find();
  CHECK(minimum.causes[0].changes == Changes{20, 30});
  CHECK_FALSE(minimum.causes[0].least);
}

TEST_CASE("a need that nobody knew of is found by what is refused") {
  World world(64);
  world.need(50, 7, false);
  world.causes = {{7, 50}};
  const Minimum minimum = world.find();
  CHECK(minimum.causes[0].changes == Changes{7, 50});
  CHECK(minimum.without == Outcome::good);
  CHECK(world.asked <= budget(64));

  World guessed = world;
  guessed.asked = guessed.refused = 0;
  guessed.known[50].likely_needs = {7, 5, 6};
  CHECK(guessed.find().causes[0].changes == Changes{7, 50});
  CHECK(guessed.asked <= world.asked);
}

TEST_CASE("kernels that do not build are gone around") {
  World world(64);
  world.causes = {{20}};
  world.unbuildable = {31, 32, 33};
  const Minimum minimum = world.find();
  CHECK(minimum.causes[0].changes == Changes{20});
  CHECK(minimum.without == Outcome::good);
}

TEST_CASE("where the rest cannot be had, nothing is said of it") {
  World world(3);
  world.causes = {{1}};
  world.unbuildable = {2};
  const Minimum minimum = world.find();
  CHECK(minimum.causes[0].changes == Changes{1});
  CHECK(minimum.without == Outcome::skipped);
}

TEST_CASE("what is found is bad, and least, and a cause, in any world whose needs are known") {
  std::mt19937 random(1);
  const auto below = [&](std::size_t n) { return random() % n; };
  for (int round = 0; round < 400; ++round) {
    CAPTURE(round);
    const std::size_t n = 2 + below(120);
    World world(n);
    for (std::size_t count = below(n); count > 0; --count)
      if (const std::size_t one = below(n); one > 0) world.need(one, below(one));
    const auto closed = [&](Changes made) {
      for (std::size_t one = n; one-- > 0;)
        if (made.contains(one)) made.merge(Changes(world.truth[one].needs));
      return made;
    };
    for (std::size_t count = 1 + below(3); count > 0; --count) {
      Changes cause;
      for (std::size_t size = 1 + below(3); size > 0; --size)
        cause.insert(below(n));
      world.causes.push_back(closed(cause));
    }
    const Minimum minimum = world.find();
    CHECK(world.refused == 0);
    for (const Cause& cause : minimum.causes) {
      CAPTURE(fmt::format("{}", fmt::join(cause.changes, " ")));
      CHECK(std::ranges::count(world.causes, cause.changes) > 0);
      CHECK(cause.least);
    }
    CHECK(minimum.without == Outcome::good);
    CHECK(world.look(minimum.rest) == Outcome::good);
  }
}

TEST_CASE("what is found is bad whatever is refused, and no set is asked for twice") {
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    const std::size_t n = 2 + random() % 60;
    std::set<Changes> seen;
    const auto oracle = [&](const Changes& made) {
      CHECK(seen.insert(made).second);
      std::size_t mix = 17 + static_cast<std::size_t>(round);
      for (const std::size_t one : made)
        mix = mix * 1000003 + one;
      return mix % 5 == 0   ? Outcome::skipped
             : mix % 7 == 0 ? Outcome::bad
                            : Outcome::good;  // not even monotone
    };
    std::set<Changes> bad;
    const Minimum minimum = minimise(std::vector<Change>(n), [&](const Changes& made) {
      const Outcome outcome = oracle(made);
      if (outcome == Outcome::bad) bad.insert(made);
      return outcome;
    });
    for (const Cause& cause : minimum.causes)
      CHECK((bad.contains(cause.changes) || cause.changes.size() == n));
  }
}
