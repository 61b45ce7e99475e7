#include "cli/which_cell.hpp"

#include <fmt/format.h>

#include "cli/plan_name.hpp"
#include "manifest/manifest.hpp"
#include "util/error.hpp"
#include "virt/cpu_models.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

CellOfRun cell_of_run(const std::string& directory) {
  std::error_code none;
  fs::path cell = fs::canonical(directory, none);
  if (none)
    throw ConfigError(fmt::format("there is no directory {} of a cell", directory),
                      "name a plan with --plan, or the directory of a cell in a run directory");
  if (!fs::is_directory(cell, none)) cell = cell.parent_path();
  for (fs::path run = cell; run.has_relative_path(); run = run.parent_path()) {
    const std::string id = cell.lexically_relative(run / "cells").string();
    if (fs::exists(run / "manifest.json", none) && !id.starts_with(".")) return {run, id};
  }
  throw ConfigError(fmt::format("{} is not the directory of a cell", directory),
                    "in a run directory they lie below cells/: "
                    "kproof-out/RUN/cells/KERNEL/TOPOLOGY/CASE");
}

ChosenGuest choose_cell(const std::string& cell, const std::string& plan) {
  ChosenGuest chosen;
  chosen.filter.ids = {cell};
  if (!plan.empty()) {
    chosen.plan = read_named_plan(plan, "*", &chosen.texts);
    return chosen;
  }
  const CellOfRun of_run = cell_of_run(cell);
  const auto manifest = manifest::read(of_run.run);
  chosen.filter.ids = {of_run.id};
  chosen.plan = manifest::plan_of(*manifest, virt::cpu_models);
  chosen.texts = manifest->texts;
  return chosen;
}

}  // namespace kproof::cli
