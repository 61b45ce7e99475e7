#include "cli/again.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using cli::again_of;
using model::Verdict;
using Ids = std::vector<std::string>;

static model::CellResult result(const std::string& id, unsigned repetition, bool expected,
                                Verdict verdict = Verdict::fail,
                                model::Blame blame = model::Blame::kernel) {
  model::CellResult made{.id = id};
  made.repetition = repetition;
  made.judgement = {.verdict = verdict, .blame = blame, .reason = "", .expected = expected};
  return made;
}

static std::vector<model::Cell> cells(const Ids& ids) {
  std::vector<model::Cell> made;
  for (const std::string& id : ids)
    made.push_back({.id = id});
  return made;
}

TEST_CASE("what did not end as expected runs again, whoever's fault it was, in the plan's order") {
  const auto again = again_of({result("k/c", 1, false), result("k/b", 1, true),
                               result("k/a", 1, false, Verdict::broken, model::Blame::host)},
                              cells({"k/a", "k/b", "k/c", "k/d"}));
  CHECK(again.ids == Ids{"k/a", "k/c"});
  CHECK(again.lost.empty());
}

TEST_CASE("a repetition of the plan runs again alone; one that a retry added is the first one") {
  const auto again =
      again_of({result("k/a@2", 2, false), result("k/b", 1, true), result("k/b@2", 2, false)},
               cells({"k/a", "k/a@2", "k/b"}));
  CHECK(again.ids == Ids{"k/a@2", "k/b"});
}

TEST_CASE("a cell that the plan no longer has is told") {
  const auto again = again_of({result("k/a", 1, false), result("k/b", 1, true)}, cells({"k/b"}));
  CHECK(again.ids.empty());
  CHECK(again.lost == Ids{"k/a"});
}
