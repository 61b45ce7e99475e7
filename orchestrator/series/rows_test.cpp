#include "series/rows.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace kproof::series;

namespace {
model::KernelSpec built(const std::string& name) {
  return {.name = name, .label = "Built " + name, .source = model::BuildSource{}, .place = "p:1:1"};
}
const model::KernelSpec kPackage{.name = "debian",
                                 .label = "D",
                                 .source = model::PackageSource{"linux-image-amd64"},
                                 .place = "p:2:1"};

model::Plan plan(std::vector<model::KernelSpec> kernels) {
  model::Plan plan;
  plan.file = "p.yaml";
  plan.kernels = std::move(kernels);
  return plan;
}

std::string refusal(const model::Plan& plan, const std::string& name) {
  try {
    find_base(plan, name);
  } catch (const ConfigError& error) {
    return std::string(error.what()) + " | " + error.hint();
  }
  return "found";
}
}  // namespace

TEST_CASE("the base is the named kernel, or the only one that is built from source") {
  CHECK(find_base(plan({kPackage, built("mine")}), "").name == "mine");
  CHECK(find_base(plan({built("a"), built("b")}), "b").name == "b");
}

TEST_CASE("a base that cannot take patches is refused with the kernels that can") {
  CHECK(refusal(plan({kPackage}), "debian") ==
        "p.yaml: no kernel of this plan is built from source | give it one, with `source:` "
        "instead of `package:` or `path:`");
  CHECK(refusal(plan({kPackage, built("mine")}), "debian") ==
        "--base debian: p:2:1: that kernel is not built from source | these are: mine");
  CHECK(refusal(plan({built("a"), built("b")}), "") ==
        "p.yaml: 2 kernels are built from source | say which with --base: a, b");
  CHECK(refusal(plan({built("mine")}), "min").starts_with("--base min: p.yaml has no such kernel"));
}

TEST_CASE("the plan of a series has a kernel for each row, behind the base") {
  const model::Plan before = plan({built("k"), kPackage});
  const auto rows = rows_of(before.kernels[0], {"one", "two"});
  const model::Plan after = plan_of(before, rows);
  REQUIRE(after.kernels.size() == 4);
  CHECK(after.kernels[1].name == "k+1");
  CHECK(after.kernels[2].name == "k+2");
  CHECK(after.kernels[2].label == "Built k + 2/2");
  CHECK(after.kernels[3].name == "debian");
  CHECK(rows[0].subject == "Built k");
  CHECK(rows[2].subject == "two");
}
