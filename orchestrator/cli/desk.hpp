// What `kproof test` and `kproof check` have in common: a kernel's tree, and no plan.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/run_options.hpp"
#include "desk/areas.hpp"
#include "desk/choice.hpp"
#include "desk/tree.hpp"

namespace kproof::cli {

struct DeskOptions {
  RunOptions run;
  std::string tree = ".";
  desk::Wishes wishes;
  unsigned repetitions = 1;
  bool print_plan = false;
};

// Those of a run, and --tree, --config, --fragment, --add-config, --repeat and --print-plan.
void add_desk_options(Command& command, DeskOptions& options);

// The tree that `options` names, or the one around it; ConfigError where there is none.
desk::Tree tree_of(const DeskOptions& options);

// What is done with the tree as the user wishes it, with paths that hold wherever the plan lies.
// ConfigError for a config or fragment that is not there, as it is named on the command line.
desk::Decision decide(const DeskOptions& options, const desk::Tree& tree);

// Says what was chosen, and what the config lacks for it.
void tell_choice(const desk::Tree& tree, const desk::Decision& decision);

struct KindOfRun {
  std::string word;    // a part of its directory's name; may be ""
  bool again = false;  // the next one has the same directory, where finished cells are kept
};

// The plan of these kernels and cases becomes that of the run. Without --out its directory is none
// of the tree: beside that, or in the cache.
void use_plan(DeskOptions& options, const desk::Tree& tree, const KindOfRun& kind,
              const std::vector<model::KernelSpec>& kernels, const desk::Choice& choice);

// Beside the results, when they are there.
void keep_plan(const DeskOptions& options);

// With --print-plan: prints it; then nothing is to be run.
bool printed_plan(const DeskOptions& options);

}  // namespace kproof::cli
