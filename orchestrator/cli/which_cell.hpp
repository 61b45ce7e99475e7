// Which cell `kproof dump` and `kproof trace` run: one of a plan, or of a run directory.
#pragma once

#include <filesystem>
#include <string>

#include "cli/visit_plan.hpp"

namespace kproof::cli {

inline constexpr const char* kWhichCellHelp =
    "KERNEL/TOPOLOGY/CASE of --plan; or the directory of a cell in a run directory, "
    "kproof-out/RUN/cells/KERNEL/TOPOLOGY/CASE";

// A cell of a run directory, by its own directory or a file in it.
struct CellOfRun {
  std::filesystem::path run;  // canonical
  std::string id;
};
// ConfigError, with the next step, where it is none.
CellOfRun cell_of_run(const std::string& directory);

// `plan`: a path or a name; "": `cell` is of a run directory, whose plan is read again.
ChosenGuest choose_cell(const std::string& cell, const std::string& plan);

}  // namespace kproof::cli
