#include "manifest/manifest.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;

namespace {

std::vector<std::string> no_models() {
  return {};
}

const std::string kPlan =
    "schema: 1\nkernels: { a: { path: bzImage }, b: { path: vmlinux } }\ncases: [mm/*]\n";

manifest::Manifest example() {
  const model::PlanTexts texts{{"/plans/p.yaml", kPlan}};
  const model::Plan plan = config::read_plan(texts, no_models);
  const plan::Filter filter{.shard = model::Shard{1, 2}};
  const std::vector<std::string> cases{"mm/thp", "mm/dax"};
  return manifest::make(plan, texts, filter, cases, plan::expand(plan, filter, cases).cells,
                        "2026-11-29");
}

}  // namespace

TEST_CASE("a manifest gives the plan and the cells again, without the plan's files") {
  const util::ScratchDir scratch("kproof-manifest-");
  CHECK_FALSE(manifest::read(scratch.path()));
  manifest::write(scratch.path(), example());
  const auto read = manifest::read(scratch.path());
  REQUIRE(read);
  CHECK(manifest::to_json(*read) == manifest::to_json(example()));
  const auto made = manifest::cells_of(*read, no_models);
  REQUIRE(made.cells.size() == 2);
  CHECK(made.cells[0].id == "a/l1/mm/dax");
  CHECK(made.plan.kernels.size() == 2);
}

TEST_CASE("a program that makes other cells of the plan is refused") {
  auto other = example();
  other.cases.push_back("mm/new");
  CHECK_THROWS_AS(manifest::cells_of(other, no_models), HostError);
}

TEST_CASE("what is no manifest is refused by its file") {
  const std::string good = manifest::to_json(example());
  for (const std::string& bad : {std::string(), std::string("[]"), std::string("{\"schema\": 1}"),
                                 good.substr(0, good.size() / 2)})
    CHECK_THROWS_WITH_AS(manifest::from_json(bad, "d/manifest.json"),
                         doctest::Contains("d/manifest.json is no manifest of a run"), HostError);
}

TEST_CASE("two manifests are of one run, or it is told what differs") {
  const auto base = example();
  CHECK(manifest::difference(base, base) == "");
  auto other = base;
  other.filter.shard = model::Shard{2, 2};
  other.texts[0].file = "/elsewhere/p.yaml";
  other.started = "later";
  CHECK(manifest::difference(base, other) == "");
  other = base;
  other.texts[0].text += "repetitions: 2\n";
  CHECK(manifest::difference(base, other) == "the plan");
  other = base;
  other.filter.cases = {"mm/thp"};
  CHECK(manifest::difference(base, other) == "--case");
  other = base;
  other.cases.pop_back();
  CHECK(manifest::difference(base, other) == "the list of cases");
}
