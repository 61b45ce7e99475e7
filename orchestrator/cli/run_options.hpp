// What the subcommands that run cells have in common.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "sweep/sweep.hpp"

namespace kproof::cli {

struct RunOptions {
  std::string plan_file, out, accel = "auto";
  sweep::SweepOptions sweep;
  bool verbose = false;
};

// PLAN, of which `plan_help` tells, --topology, --case, --out, --fresh, --connect, --accel and -v.
void add_run_options(CLI::App& command, RunOptions& options, std::string_view plan_help);

// Reads the plan, and sets what of options.sweep follows from the others. Without --out the
// directory is a new one, named by the plan and `kind`, which may be "".
void read_run_options(RunOptions& options, const std::string& kind);

// kInterrupted, kHostFault for a broken cell, else `otherwise`.
int exit_code_of(const report::RunReport& report, bool interrupted, int otherwise);

}  // namespace kproof::cli
