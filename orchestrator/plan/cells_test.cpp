#include "plan/cells.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using Names = std::vector<std::string>;

namespace {

const Names kKnown{"mm/thp", "kvm/mmu", "mm/dax_1g", "mm/dax_2m"};

model::PlanCase entry(std::string name, std::string alias = "") {
  return {.name = name, .alias = alias.empty() ? name : alias, .place = "p.yaml:9:5"};
}

model::Plan two_kernels(std::vector<model::PlanCase> cases) {
  model::Plan plan;
  plan.kernels = {{.name = "old"}, {.name = "new"}};
  plan.topologies = {{.name = "l1"}};
  plan.cases = std::move(cases);
  return plan;
}

Names ids(const std::vector<model::Cell>& cells) {
  Names list;
  for (const auto& cell : cells)
    list.push_back(cell.id);
  return list;
}

// "message | hint" of what expand() refuses.
std::string refusal(const model::Plan& plan, const plan::Filter& filter = {}) {
  try {
    plan::expand(plan, filter, kKnown);
  } catch (const ConfigError& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("cells come kernel by kernel with stable ids") {
  auto plan = two_kernels({entry("mm/thp"), entry("mm/dax_1g", "mm/dax")});
  plan.topologies.push_back({.name = "big"});
  plan.repetitions = 2;
  const auto cells = plan::expand(plan, {}, kKnown).cells;
  REQUIRE(cells.size() == 16);
  CHECK(ids(cells)[0] == "old/l1/mm/thp");
  CHECK(ids(cells)[1] == "old/l1/mm/thp@2");
  CHECK(ids(cells)[2] == "old/l1/mm/dax");
  CHECK(ids(cells)[4] == "old/big/mm/thp");
  CHECK(ids(cells)[8] == "new/l1/mm/thp");
  CHECK(cells[2].test.name == "mm/dax_1g");
}

TEST_CASE("a case may be repeated more or less often than the plan's others") {
  auto plan = two_kernels({entry("mm/thp"), entry("mm/dax_1g", "mm/dax")});
  plan.cases[1].repetitions = 3;
  CHECK(plan::expand(plan, {}, kKnown).cells.size() == 8);
}

TEST_CASE("a glob stands for the cases that exist, but for those that the plan names itself") {
  auto named = entry("mm/dax_2m");
  named.args = {"--fast"};
  const auto cells = plan::expand(two_kernels({entry("mm/*"), named}), {{"old"}, {}}, kKnown).cells;
  CHECK(ids(cells) == Names{"old/l1/mm/dax_1g", "old/l1/mm/thp", "old/l1/mm/dax_2m"});
  CHECK(cells[2].test.args == Names{"--fast"});
}

TEST_CASE("globs that overlap or match nothing are refused") {
  const std::string taken =
      "stands for mm/dax_1g, a name that p.yaml:9:5 has taken | make the globs disjoint, name the "
      "case itself, or choose another alias";
  CHECK(refusal(two_kernels({entry("mm/*"), entry("*/dax_1g")})) ==
        "p.yaml:9:5: glob `*/dax_1g` " + taken);
  CHECK(refusal(two_kernels({entry("mm/*"), entry("mm/thp", "mm/dax_1g")})) ==
        "p.yaml:9:5: glob `mm/*` " + taken);
  CHECK(refusal(two_kernels({entry("kvm/z*")})) ==
        "p.yaml:9:5: glob `kvm/z*` matches no case | known cases: kvm/mmu");
}

TEST_CASE("a case that does not exist is refused with its place and its neighbours") {
  CHECK(refusal(two_kernels({entry("mm/dax_1gg")})) ==
        "p.yaml:9:5: case `mm/dax_1gg` does not exist | did you mean `mm/dax_1g`? known cases: "
        "mm/dax_1g, mm/dax_2m, mm/thp");
  CHECK(refusal(two_kernels({entry("net/x")})) ==
        "p.yaml:9:5: case `net/x` does not exist | known cases: kvm/mmu, mm/dax_1g, mm/dax_2m, "
        "mm/thp");
}

TEST_CASE("the last expectation that matches counts, and none means must pass") {
  auto plan = two_kernels({entry("mm/thp"), entry("mm/dax_1g")});
  plan.expectations = {{.kernel = {"old"}, .verdict = model::Verdict::fail, .reason = "first"},
                       {.kernel = {"o*"}, .test = {"mm/thp"}, .verdict = model::Verdict::hang}};
  const auto cells = plan::expand(plan, {}, kKnown).cells;
  CHECK(cells[0].expectation.verdict == model::Verdict::hang);
  CHECK(cells[1].expectation.reason == "first");
  CHECK(cells[2].expectation.verdict == model::Verdict::pass);
}

TEST_CASE("an expectation that matches no cell is refused, whatever the filter leaves") {
  auto plan = two_kernels({entry("mm/*")});
  plan.expectations = {{.test = {"mm/gone"}, .place = "p.yaml:12:5"}};
  CHECK(refusal(plan, {.kernels = {"old"}})
            .starts_with("p.yaml:12:5: no cell has kernel `*`, topology `*` and case `mm/gone`"));
  plan.expectations = {{.kernel = {"new"}, .test = {"mm/thp"}}};
  CHECK(refusal(plan, {.kernels = {"old"}}) == "accepted");
}

TEST_CASE("all bounds that match count, and one that matches no cell is refused") {
  auto plan = two_kernels({entry("mm/thp"), entry("mm/dax_1g")});
  plan.bounds = {{.kernel = {"old"}, .metric = "a", .most = 1},
                 {.test = {"mm/thp"}, .metric = "b", .most = 2}};
  const auto cells = plan::expand(plan, {}, kKnown).cells;
  CHECK(cells[0].bounds.size() == 2);
  CHECK(cells[1].bounds.size() == 1);
  CHECK(cells[2].bounds.at(0).metric == "b");
  CHECK(cells[3].bounds.empty());
  plan.bounds = {{.test = {"mm/gone"}, .metric = "a", .most = 1, .place = "p.yaml:12:5"}};
  CHECK(refusal(plan).starts_with("p.yaml:12:5: no cell has kernel `*`"));
}

TEST_CASE("filters narrow, add up, and must match something") {
  const auto plan = two_kernels({entry("mm/*"), entry("kvm/mmu")});
  CHECK(
      ids(plan::expand(plan, {.kernels = {"new"}, .cases = {"*dax*", "kvm/mmu"}}, kKnown).cells) ==
      Names{"new/l1/mm/dax_1g", "new/l1/mm/dax_2m", "new/l1/kvm/mmu"});
  CHECK(refusal(plan, {.kernels = {"nwe"}}) ==
        "--kernel nwe: matches nothing in the plan | did you mean `new`? known kernels: old, new");
  CHECK(refusal(plan, {.cases = {"thp"}}) ==
        "--case thp: matches nothing in the plan | known cases: mm/dax_1g, mm/dax_2m, mm/thp, "
        "kvm/mmu");
  CHECK(refusal(plan, {.topologies = {"l2"}}) ==
        "--topology l2: matches nothing in the plan | did you mean `l1`? known topologies: l1");
}

TEST_CASE("a case that names its topologies runs in these only") {
  auto plan = two_kernels({entry("mm/thp"), entry("mm/dax_1g")});
  plan.topologies = {{.name = "l1"}, {.name = "l2-shadow"}};
  plan.cases[0].topologies = {"l2-*"};
  CHECK(ids(plan::expand(plan, {.kernels = {"new"}}, kKnown).cells) ==
        Names{"new/l1/mm/dax_1g", "new/l2-shadow/mm/thp", "new/l2-shadow/mm/dax_1g"});
}

TEST_CASE("a case that names its kernels runs on these only") {
  auto plan = two_kernels({entry("mm/thp"), entry("mm/dax_1g")});
  plan.cases[0].kernels = {"n*"};
  CHECK(ids(plan::expand(plan, {}, kKnown).cells) ==
        Names{"old/l1/mm/dax_1g", "new/l1/mm/thp", "new/l1/mm/dax_1g"});
}
