#include "config/kernel_plan.hpp"

#include <doctest/doctest.h>

#include "config/plan_text.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

using namespace kproof;
using config::cpu_models;
using config::read_plan_or_kernel;

TEST_CASE("a build tree in place of a plan is booted with the defaults") {
  const util::ScratchDir tree("kernel-plan");
  const model::Plan plan = read_plan_or_kernel(tree.path(), "mm/*", cpu_models);
  REQUIRE(plan.kernels.size() == 1);
  CHECK(std::get<model::PathSource>(plan.kernels[0].source).path == tree.path());
  CHECK(plan.kernels[0].label == tree.path().filename().string());
  const model::Plan slash = read_plan_or_kernel(tree.path() / "", "mm/*", cpu_models);
  CHECK(slash.kernels[0].label == plan.kernels[0].label);
  REQUIRE(plan.topologies.size() == 1);
  CHECK(plan.topologies[0].levels.size() == 1);
  REQUIRE(plan.cases.size() == 1);
  CHECK(plan.cases[0].name == "mm/*");
}

TEST_CASE("a binary file is a kernel, and text is a plan") {
  const util::ScratchDir dir("kernel-plan");
  util::write_file_atomically(dir.path() / "vmlinux", std::string(64, '\0'));
  CHECK(read_plan_or_kernel(dir.path() / "vmlinux", "mm/*", cpu_models).name == "mine");
  util::write_file_atomically(dir.path() / "plan.yaml", "schema: 2\n");
  CHECK_THROWS_AS(read_plan_or_kernel(dir.path() / "plan.yaml", "mm/*", cpu_models), ConfigError);
  CHECK_THROWS_AS(read_plan_or_kernel(dir.path() / "gone", "mm/*", cpu_models), ConfigError);
}
