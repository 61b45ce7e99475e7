#include "bisect/steps.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace kproof;
using namespace kproof::bisect;
using enum model::Verdict;

namespace {
model::CellResult cell_that_is(model::Verdict verdict, bool expected) {
  model::CellResult cell;
  cell.test = "mm/a";
  cell.judgement = {.verdict = verdict, .reason = "why", .expected = expected};
  return cell;
}

// Commits c1 ... c<n> in a line, of which the last is bad, as git orders them: by the smaller of
// the numbers of those on either side.
std::vector<std::string> in_order(const Range& range) {
  std::size_t low = 0;
  for (const std::string& good : range.good)
    low = std::max<std::size_t>(low, std::stoul(good.substr(1)));
  const std::size_t high = std::stoul(range.bad.substr(1));
  std::vector<std::string> commits;
  for (std::size_t n = low + 1; n <= high; ++n)
    commits.push_back(fmt::format("c{}", n));
  const auto distance = [&](const std::string& commit) {
    const std::size_t n = std::stoul(commit.substr(1));
    return std::min(n - low, high - n);
  };
  std::stable_sort(commits.begin(), commits.end(),
                   [&](const auto& a, const auto& b) { return distance(a) > distance(b); });
  return commits;
}

struct Search {
  Next end = Found{};
  std::vector<Step> steps;
};

// Bisects c1 ... c<last> (c0 is good) where revisions from `first_bad` on are bad.
Search search(std::size_t last, std::size_t first_bad, std::size_t skip_from = 0,
              std::size_t skip_to = 0) {
  Search search;
  const Range whole{fmt::format("c{}", last), {"c0"}};
  for (;;) {
    const Range range = narrow(whole, search.steps);
    search.end = next(range, search.steps, in_order(range));
    const auto* chosen = std::get_if<Try>(&search.end);
    if (!chosen) return search;
    const std::size_t n = std::stoul(chosen->commit.substr(1));
    const Outcome outcome = n >= skip_from && n < skip_to ? Outcome::skipped
                            : n >= first_bad              ? Outcome::bad
                                                          : Outcome::good;
    search.steps.push_back({chosen->commit, "", {outcome, ""}});
    REQUIRE(search.steps.size() <= last);
  }
}
}  // namespace

TEST_CASE("the first bad revision of any range is found, in as many steps as bisection takes") {
  for (std::size_t last = 1; last <= 40; ++last)
    for (std::size_t first = 1; first <= last; ++first) {
      const Search done = search(last, first);
      REQUIRE(std::holds_alternative<Found>(done.end));
      CHECK(std::get<Found>(done.end).commit == fmt::format("c{}", first));
      const std::size_t halved = done.steps.empty() ? 0 : std::size_t{1} << (done.steps.size() - 1);
      CHECK(halved <= last);
    }
}

TEST_CASE("revisions that do not build are passed by, and the first bad one is found beside them") {
  const Search done = search(32, 25, 10, 20);
  REQUIRE(std::holds_alternative<Found>(done.end));
  CHECK(std::get<Found>(done.end).commit == "c25");
}

TEST_CASE("when only skipped revisions are left, all that may be the first bad one are named") {
  const Search done = search(8, 5, 4, 6);
  REQUIRE(std::holds_alternative<Undecided>(done.end));
  auto commits = std::get<Undecided>(done.end).commits;
  std::sort(commits.begin(), commits.end());
  CHECK(commits == std::vector<std::string>{"c4", "c5", "c6"});
}

TEST_CASE("how many steps are left is told") {
  const Range range{"c16", {"c0"}};
  const auto first = std::get<Try>(next(range, {}, in_order(range)));
  CHECK(first.commit == "c8");
  CHECK(first.left == 16);
  CHECK(first.steps == 4);
}

TEST_CASE("a revision is bad by any cell that is not as the plan expects, a pass as well") {
  CHECK(seen_in({cell_that_is(pass, true), cell_that_is(fail, false)}).outcome == Outcome::bad);
  CHECK(seen_in({cell_that_is(pass, false)}).outcome == Outcome::bad);
  CHECK(seen_in({cell_that_is(miss, false), cell_that_is(hang, false)}).outcome == Outcome::bad);
  CHECK(seen_in({cell_that_is(fail, false)}).reason == "mm/a: fail: why");
}

TEST_CASE("a revision is good when all is as the plan expects and something was decided") {
  CHECK(seen_in({cell_that_is(pass, true), cell_that_is(fail, true), cell_that_is(skip, true)})
            .reason == "2 cells are as the plan expects");
  CHECK(seen_in({cell_that_is(skip, true)}).outcome == Outcome::skipped);
  CHECK(seen_in({}).outcome == Outcome::skipped);
  model::CellResult some = cell_that_is(pass, true);
  some.subtests = {{"one", model::Subtest::Result::skip, "why"}};
  CHECK(seen_in({some}).reason == "1 cell is as the plan expects, 1 subtest skipped");
}

TEST_CASE("skip, miss and broken are neither good nor bad") {
  for (const model::Verdict verdict : {skip, miss, broken})
    CHECK(seen_in({cell_that_is(pass, true), cell_that_is(verdict, false)}).outcome ==
          Outcome::skipped);
}
