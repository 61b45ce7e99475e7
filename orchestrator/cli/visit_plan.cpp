#include "cli/visit_plan.hpp"

#include <fmt/format.h>

#include "cli/kernel_words.hpp"
#include "cli/plan_name.hpp"
#include "config/kernel_plan.hpp"
#include "sweep/visit.hpp"
#include "util/error.hpp"
#include "virt/cpu_models.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

model::Plan without_cases(model::Plan plan) {
  plan.cases = {{.name = sweep::kNoCase, .alias = sweep::kNoCase, .place = plan.file}};
  plan.matrix = {};
  plan.repetitions = 1;
  plan.expectations.clear();
  plan.bounds.clear();
  return plan;
}

static ChosenGuest of_plan(const WhichGuest& which) {
  ChosenGuest chosen;
  chosen.plan = read_named_plan(which.plan, "*", &chosen.texts);
  if (!which.cell.empty()) {
    if (!which.kernel.empty() || !which.topology.empty())
      throw ConfigError("--cell names kernel and topology already", "leave them out");
    chosen.filter.ids = {which.cell};
    return chosen;
  }
  chosen.plan = without_cases(std::move(chosen.plan));
  if (!which.kernel.empty()) chosen.filter.kernels = {which.kernel};
  if (!which.topology.empty()) chosen.filter.topologies = {which.topology};
  return chosen;
}

static ChosenGuest of_kernel(const std::string& kernel, const std::string& tree) {
  std::error_code ignored;
  if (fs::path(kernel).extension() == ".yaml")
    throw ConfigError(fmt::format("{} is a plan, and no kernel", kernel),
                      fmt::format("name one of its kernels: KERNEL --plan {}", kernel));
  ChosenGuest chosen;
  if (fs::exists(kernel, ignored))
    chosen.plan = config::read_plan_or_kernel(kernel, sweep::kNoCase, virt::cpu_models);
  else
    chosen.plan = read_kernel_words({kernel}, tree, "*", &chosen.texts);
  chosen.plan = without_cases(std::move(chosen.plan));
  return chosen;
}

ChosenGuest choose_guest(const WhichGuest& which) {
  if (!which.plan.empty()) return of_plan(which);
  if (!which.cell.empty() || !which.topology.empty())
    throw ConfigError(
        fmt::format("{} is one of a plan", which.cell.empty() ? "--topology" : "--cell"),
        "name that with --plan");
  return of_kernel(which.kernel, which.tree);
}

}  // namespace kproof::cli
