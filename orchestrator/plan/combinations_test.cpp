#include "plan/combinations.hpp"

#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "plan/cells.hpp"
#include "util/error.hpp"

using namespace kproof;
using Names = std::vector<std::string>;

namespace {

const Names kCases{"kvm/a", "kvm/b", "kvm/c"};

model::PlanCase test_case(const std::string& name,
                          std::vector<std::pair<std::string, std::string>> params = {}) {
  std::string alias = name;
  for (const auto& param : params)
    alias += "-" + param.second;
  return {.name = name, .alias = alias, .params = std::move(params), .entry = name};
}

// Of axes {source: old new, debug: plain kasan lockdep, mmu: tdp shadow}.
model::Plan matrix_plan() {
  model::Plan plan;
  plan.matrix.axes = {{"source", {"old", "new"}, true, false},
                      {"debug", {"plain", "kasan", "lockdep"}, true, false},
                      {"mmu", {"tdp", "shadow"}, false, true}};
  for (const char* source : {"old", "new"})
    for (const char* debug : {"plain", "kasan", "lockdep"})
      plan.kernels.push_back({.name = std::string(source) + "-" + debug});
  plan.topologies = {{.name = "tdp"}, {.name = "shadow"}};
  for (const auto& kernel : plan.kernels)
    plan.matrix.kernels.push_back(kernel.name);
  plan.matrix.topologies = {"tdp", "shadow"};
  plan.cases = {test_case("kvm/a"), test_case("kvm/b", {{"backing", "anon"}}),
                test_case("kvm/b", {{"backing", "thp"}})};
  return plan;
}

Names ids(const model::Plan& plan) {
  Names list;
  for (const auto& cell : plan::expand(plan, {}, kCases).cells)
    list.push_back(cell.id);
  return list;
}

model::MatrixRule rule(std::vector<model::MatrixRule::Term> terms) {
  return {std::move(terms), "words", "p.yaml:3:1"};
}

}  // namespace

TEST_CASE("the full matrix has each kernel in each topology with each case and its parameters") {
  const Names cells = ids(matrix_plan());
  CHECK(cells.size() == 6 * 2 * 3);
  CHECK(cells.front() == "old-plain/tdp/kvm/a");
  CHECK(cells.back() == "new-lockdep/shadow/kvm/b-thp");
}

TEST_CASE("what is excluded is no cell, whichever axis it is of") {
  model::Plan plan = matrix_plan();
  plan.matrix.exclude = {rule({{"debug", {"kasan"}}, {"mmu", {"shadow"}}}),
                         rule({{"case", {"kvm/b"}}, {"source", {"o*"}}}),
                         rule({{"backing", {"thp"}}, {"debug", {"plain", "lockdep"}}})};
  const Names cells = ids(plan);
  CHECK(std::ranges::count(cells, "old-kasan/shadow/kvm/a") == 0);
  CHECK(std::ranges::count(cells, "old-plain/tdp/kvm/b-anon") == 0);
  CHECK(std::ranges::count(cells, "new-plain/tdp/kvm/b-thp") == 0);
  CHECK(std::ranges::count(cells, "new-kasan/tdp/kvm/b-thp") == 1);
  const plan::Combinations matrix(plan, plan.cases);
  CHECK(matrix.all() == 36);
  CHECK(matrix.allowed() == cells.size());
  CHECK(matrix.removed()[0].count == 6);
  CHECK(matrix.removed()[1].count == 12);
}

TEST_CASE("pairs are shown by few cells, and the parameters of one case ask nothing of another") {
  model::Plan plan = matrix_plan();
  plan.matrix.cover = {.kind = model::Cover::Kind::tuples};
  const Names cells = ids(plan);
  CHECK(cells.size() <= 12);
  CHECK(cells == ids(plan));
  const plan::Combinations matrix(plan, plan.cases);
  CHECK(matrix.pairs().covered == matrix.pairs().valid);
  std::set<std::string> pairs;
  for (const auto& cell : plan::expand(plan, {}, kCases).cells)
    pairs.insert(cell.kernel.name + cell.test.entry);
  CHECK(pairs.size() >= 6);
}

TEST_CASE("each combination of the axes to cover has all values of those that are crossed") {
  model::Plan plan = matrix_plan();
  plan.matrix.cover = {.kind = model::Cover::Kind::tuples};
  plan.matrix.cross = {"mmu", "case"};
  CHECK(ids(plan).size() == 6 * 2 * 3);
  plan.matrix.exclude = {rule({{"mmu", {"shadow"}}, {"case", {"kvm/a"}}})};
  CHECK(ids(plan).size() == 6 * 5);
}

TEST_CASE("a case runs on the kernels and in the topologies that it names") {
  model::Plan plan = matrix_plan();
  plan.cases[0].kernels = {"*-kasan"};
  plan.cases[0].topologies = {"tdp"};
  const Names cells = ids(plan);
  CHECK(cells.size() == 2 + 6 * 2 * 2);
  CHECK(std::ranges::count(cells, "new-kasan/tdp/kvm/a") == 1);
}

TEST_CASE("what is included is always there, and nowhere when it is excluded") {
  model::Plan plan = matrix_plan();
  plan.matrix.cover = {.kind = model::Cover::Kind::sample, .count = 3, .seed = 1};
  plan.matrix.include = {rule({{"case", {"kvm/b"}}, {"debug", {"lockdep"}}, {"backing", {"thp"}}})};
  const Names cells = ids(plan);
  CHECK(cells.size() == 3);
  CHECK(std::ranges::count(cells, "old-lockdep/tdp/kvm/b-thp") == 1);
  plan.matrix.exclude = {rule({{"debug", {"lockdep"}}})};
  CHECK_THROWS_WITH_AS(ids(plan), "p.yaml:3:1: no combination has words", ConfigError);
}

TEST_CASE("kernels and topologies that no axis makes are axes themselves") {
  model::Plan plan = matrix_plan();
  plan.matrix.axes = {{"mmu", {"tdp", "shadow"}, false, true}};
  plan.matrix.kernels = {};
  plan.kernels = {{.name = "old"}, {.name = "new"}};
  plan.matrix.exclude = {rule({{"kernel", {"new"}}, {"mmu", {"tdp"}}})};
  const Names cells = ids(plan);
  CHECK(cells.size() == 9);
  CHECK(std::ranges::count(cells, "new/shadow/kvm/a") == 1);
}

TEST_CASE("repetitions, expectations and globs are as without a matrix") {
  model::Plan plan = matrix_plan();
  plan.cases = {{.name = "kvm/*", .alias = "kvm/*", .entry = "kvm/*"}};
  plan.repetitions = 2;
  plan.expectations = {{.kernel = {"*-kasan"}, .verdict = model::Verdict::fail, .place = "p:1"}};
  const auto cells = plan::expand(plan, {.kernels = {"new-kasan"}}, kCases).cells;
  CHECK(cells.size() == 2 * 3 * 2);
  CHECK(cells[1].id == "new-kasan/tdp/kvm/a@2");
  CHECK(cells[0].expectation.verdict == model::Verdict::fail);
}
