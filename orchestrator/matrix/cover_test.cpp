#include "matrix/cover.hpp"

#include <set>

#include <doctest/doctest.h>

using namespace kproof::matrix;

// Axis `axis` at one of `values`, as a term of a rule.
static Rule::Term term(const Space& space, std::size_t axis, const std::set<std::size_t>& values) {
  Rule::Term term{axis, std::vector<bool>(space.sizes[axis])};
  for (const std::size_t value : values)
    term.values[value] = true;
  return term;
}

static const Space kExample{.sizes = {2, 3, 3, 2, 3}};

static void check_covers(const Space& space, std::size_t strength, const std::vector<Row>& rows) {
  const Coverage seen = coverage(space, strength, rows);
  CHECK(seen.covered == seen.valid);
  for (const Row& row : rows)
    CHECK(allows(space, row));
  CHECK(std::set<Row>(rows.begin(), rows.end()).size() == rows.size());
}

TEST_CASE("twelve rows of 108 show all pairs, and thirty all triples") {
  CHECK(count_rows(kExample, 1000) == 108);
  const auto pairs = covering(kExample, 2), triples = covering(kExample, 3);
  check_covers(kExample, 2, pairs);
  check_covers(kExample, 3, triples);
  CHECK(coverage(kExample, 2, pairs).valid == 67);
  MESSAGE(pairs.size() << " rows for pairs, " << triples.size() << " for triples");
  CHECK(pairs.size() <= 12);
  CHECK(triples.size() <= 30);
}

TEST_CASE("the same space gives the same rows, in this and in any other build") {
  CHECK(covering(kExample, 2) == covering(kExample, 2));
  CHECK(covering(kExample, 2) == std::vector<Row>{{0, 0, 2, 1, 1},
                                                  {0, 1, 0, 1, 2},
                                                  {0, 2, 0, 0, 1},
                                                  {0, 2, 1, 1, 0},
                                                  {1, 0, 0, 0, 0},
                                                  {1, 0, 1, 0, 2},
                                                  {1, 1, 1, 0, 1},
                                                  {1, 1, 2, 1, 0},
                                                  {1, 2, 2, 0, 2}});
}

TEST_CASE("no row breaks a rule, and what the rules leave possible is shown") {
  Space space = kExample;
  space.rules = {{{term(space, 0, {0}), term(space, 1, {1, 2})}},
                 {{term(space, 1, {0}), term(space, 4, {2}), term(space, 3, {1})}}};
  for (const std::size_t strength : {1u, 2u, 3u, 4u})
    check_covers(space, strength, covering(space, strength));
}

TEST_CASE("a value that no row can have is not waited for") {
  Space space{.sizes = {2, 2, 2}};
  space.rules = {{{term(space, 0, {1}), term(space, 1, {0})}},
                 {{term(space, 0, {1}), term(space, 1, {1})}}};
  check_covers(space, 2, covering(space, 2));
  CHECK(coverage(space, 1, {}).valid == 5);
}

TEST_CASE("nothing is left where the rules forbid all") {
  Space space{.sizes = {1, 2}};
  space.rules = {{{term(space, 0, {0})}}};
  CHECK(covering(space, 2).empty());
  CHECK(all_rows(space, 10)->empty());
}

TEST_CASE("rows that must be there are, in front, and what they show counts") {
  const Row wanted{1, 2, 2, 1, 2};
  const auto rows = covering(kExample, 2, {wanted});
  CHECK(rows.front() == wanted);
  check_covers(kExample, 2, rows);
  CHECK(rows.size() <= 12);
}

TEST_CASE("a value without a meaning is combined with nothing for its own sake") {
  // Axis 2 is a parameter that only the case 0 of axis 0 has.
  Space space{.sizes = {3, 2, 3}, .absent = {std::nullopt, std::nullopt, 2}};
  space.rules = {{{term(space, 0, {0}), term(space, 2, {2})}},
                 {{term(space, 0, {1, 2}), term(space, 2, {0, 1})}}};
  const auto rows = covering(space, 2);
  check_covers(space, 2, rows);
  CHECK(rows.size() == 8);  // both values with both of axis 1, and two other cases with these
}

TEST_CASE("fewer axes than the strength asks for give all rows") {
  CHECK(covering({.sizes = {2, 3}}, 3).size() == 6);
  CHECK(covering({.sizes = {4}}, 2).size() == 4);
}

TEST_CASE("all rows are all but the forbidden, and a limit is kept to") {
  Space space = kExample;
  CHECK(all_rows(space, 108)->size() == 108);
  CHECK_FALSE(all_rows(space, 107));
  CHECK(count_rows(space, 100) == 100);
  space.rules = {{{term(space, 0, {0}), term(space, 1, {1})}}};
  CHECK(all_rows(space, 108)->size() == 90);
}

TEST_CASE("a sample has as many rows as asked for, and another seed others") {
  const auto all = *all_rows(kExample, 1000);
  const auto one = sample(all, 20, 1), same = sample(all, 20, 1), other = sample(all, 20, 2);
  CHECK(one.size() == 20);
  CHECK(one == same);
  CHECK(one != other);
  CHECK(std::set<Row>(one.begin(), one.end()).size() == 20);
  CHECK(sample(all, 1000, 1) == all);
}

TEST_CASE("the combinations to show are counted before they are listed") {
  CHECK(work(kExample, 2) == coverage(kExample, 2, {}).valid);
  CHECK(work(kExample, 3) == coverage(kExample, 3, {}).valid);
  CHECK(work({.sizes = std::vector<std::size_t>(60, 1000)}, 6) == std::size_t{1} << 31);
  CHECK(work({.sizes = {2, 3}}, 3) == 0);
}

TEST_CASE("twenty axes of five values are covered by pairs in few rows") {
  const Space space{.sizes = std::vector<std::size_t>(20, 5)};
  const auto rows = covering(space, 2);
  check_covers(space, 2, rows);
  CHECK(rows.size() <= 60);
}
