#include "stats/rate_changes.hpp"

#include <random>

#include <doctest/doctest.h>

using namespace kproof::stats;

namespace {
using Tallies = std::vector<Tally>;

// `failed` of `of`, one a position, spread evenly.
void add(Tallies& list, std::size_t failed, std::size_t of) {
  for (std::size_t i = 0; i < of; ++i)
    list.push_back({(i + 1) * failed / of - i * failed / of, 1});
}

std::size_t changes(std::size_t failed, std::size_t of, std::size_t failed_now, std::size_t now) {
  Tallies list;
  add(list, failed, of);
  add(list, failed_now, now);
  return rate_changes(list).size();
}

Tallies made_up_outcomes(std::mt19937_64& random, std::size_t size, std::size_t at, double before,
                         double behind) {
  Tallies list;
  for (std::size_t i = 0; i < size; ++i)
    list.push_back({std::bernoulli_distribution(i < at ? before : behind)(random) ? 1u : 0u, 1});
  return list;
}
}  // namespace

TEST_CASE("so many failures are a change, and one fewer are none") {
  CHECK(changes(0, 30, 3, 3) == 1);
  CHECK(changes(0, 30, 2, 2) == 0);
  CHECK(changes(0, 100, 2, 2) == 1);
  CHECK(changes(0, 100, 1, 1) == 0);
  CHECK(changes(0, 10, 6, 6) == 1);
  CHECK(changes(0, 10, 5, 5) == 0);
  CHECK(changes(5, 50, 7, 7) == 1);
}

TEST_CASE("a rate that stays is none, be it nothing, all or one in ten") {
  CHECK(changes(0, 50, 0, 50) == 0);
  CHECK(changes(50, 50, 50, 50) == 0);
  CHECK(changes(5, 50, 5, 50) == 0);
  CHECK(rate_changes({}).empty());
}

TEST_CASE("a change has its place, the rates on both sides, and an interval that holds it") {
  Tallies list;
  add(list, 0, 40);
  add(list, 20, 20);
  const auto found = rate_changes(list);
  REQUIRE(found.size() == 1);
  CHECK(found[0].at == 40);
  CHECK(found[0].least == 39);  // it may pass by chance once more, behind the change
  CHECK(found[0].most == 40);
  CHECK(found[0].before == Tally{0, 40});
  CHECK(found[0].behind == Tally{20, 20});
}

TEST_CASE("what breaks, is mended and breaks again are three changes") {
  Tallies list;
  for (const std::size_t failed : {0, 15, 0, 15})
    add(list, failed, 15);
  const auto found = rate_changes(list);
  REQUIRE(found.size() == 3);
  CHECK(found[1].at == 30);
  CHECK(found[1].before == Tally{15, 15});
  CHECK(found[1].behind == Tally{0, 15});
}

TEST_CASE("repetitions of one run lie on one side of a change") {
  Tallies list(30, {0, 3});
  list.push_back({3, 3});
  const auto found = rate_changes(list);
  REQUIRE(found.size() == 1);
  CHECK(found[0].at == 30);
  CHECK(found[0].behind == Tally{3, 3});
}

TEST_CASE("a flake of 5 % in 60 nights is hardly ever a change") {
  std::mt19937_64 random(20261129);
  int wrong = 0;
  for (int i = 0; i < 1000; ++i)
    wrong += !rate_changes(made_up_outcomes(random, 60, 60, 0.05, 0.05)).empty();
  CHECK(wrong <= 10);
}

TEST_CASE("of a thousand changes the interval holds 99 %") {
  std::mt19937_64 random(20261129);
  int found = 0, held = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto changes = rate_changes(made_up_outcomes(random, 60, 35, 0.05, 0.7));
    if (changes.size() != 1) continue;
    ++found;
    held += changes[0].least <= 35 && 35 <= changes[0].most;
  }
  CHECK(found > 850);
  CHECK(held >= found * 98 / 100);
}
