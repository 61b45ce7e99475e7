#include "verdict/flaky.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace kproof;
using model::CellResult;
using model::Verdict;

// `all` repetitions of a cell of which the first `others` failed as the plan allows, one in ten.
static std::vector<CellResult> cells(std::size_t all, std::size_t others) {
  std::vector<CellResult> list(all);
  for (std::size_t i = 0; i < all; ++i) {
    CellResult& cell = list[i];
    cell.kernel = "k";
    cell.expectation.also = {Verdict::fail};
    cell.expectation.flaky = {1, 10, "https://x"};
    cell.judgement = {
        .verdict = i < others ? Verdict::fail : Verdict::pass, .reason = "r", .expected = true};
  }
  return list;
}

static std::ptrdiff_t unexpected(std::vector<CellResult> list) {
  verdict::hold_to_rate(list);
  return std::ranges::count_if(list, [](const auto& cell) { return !cell.judgement.expected; });
}

TEST_CASE(
    "as many repetitions as the plan says may fail, and one more makes all of them unexpected") {
  CHECK(unexpected(cells(10, 0)) == 0);
  CHECK(unexpected(cells(10, 1)) == 0);
  CHECK(unexpected(cells(10, 2)) == 2);
  CHECK(unexpected(cells(30, 3)) == 0);
  CHECK(unexpected(cells(30, 4)) == 4);
}

TEST_CASE("of too few repetitions none may fail") {
  CHECK(unexpected(cells(9, 1)) == 1);
  CHECK(unexpected(cells(1, 1)) == 1);
}

TEST_CASE("the reason says how many failed, and where it is told why") {
  auto list = cells(10, 2);
  verdict::hold_to_rate(list);
  CHECK(list[0].judgement.reason ==
        "r; 2 of 10 repetitions are no pass, and at most 1/10 may be (https://x)");
}

TEST_CASE(
    "cells without such an expectation, and broken ones, are left alone and count for nothing") {
  auto list = cells(10, 2);
  for (CellResult& cell : list)
    cell.expectation.flaky = {};
  CHECK(unexpected(list) == 0);
  list = cells(20, 2);
  for (std::size_t i = 10; i < 20; ++i)
    list[i].judgement = {.verdict = Verdict::broken, .expected = false};
  CHECK(unexpected(list) == 12);
}
