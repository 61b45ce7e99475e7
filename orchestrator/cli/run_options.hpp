// What the subcommands that run cells have in common.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.hpp"
#include "sweep/sweep.hpp"

namespace kproof::cli {

struct RunOptions {
  std::string plan_file, out, accel = "auto", format = "text", history, pause_on = "never";
  sweep::SweepOptions sweep;
  bool verbose = false;
};

// PLAN, of which `plan_help` tells, and all of add_options_of_a_run().
void add_run_options(Command& command, RunOptions& options, std::string_view plan_help);
// --topology, --case, --out, --fresh, --connect, --accel, --jobs and -v.
void add_options_of_a_run(Command& command, RunOptions& options);

// Reads the plan, and sets what of options.sweep follows from the others. Without --out the
// directory is a new one, named by the plan and `kind`, which may be "".
void read_run_options(RunOptions& options, const std::string& kind);
// What follows where options.sweep has its plan.
void follow_plan(RunOptions& options, const std::string& kind = "");
// `name` with the time, below kproof-out/ in `where`: results of a run that names no directory.
std::filesystem::path fresh_directory(const std::filesystem::path& where, const std::string& name);

// Runs the plan, shown on stderr, and keeps it in the history.
report::RunReport run_told(const RunOptions& options, const run::StopRequest& stop);

// What a command ends with on stdout: `text` and where the reports lie, or, as --format has it, the
// JSON report itself.
void print_outcome(const RunOptions& options, const std::string& text);

// How --help tells exit_code.hpp.
inline constexpr std::string_view kExitCodes =
    "Exit code: 0 all as expected; 1 something is not, whatever else happened; 2 wrong usage or\n"
    "plan; 69 nothing is, but for faults of this host (verdict broken); 130 interrupted, with\n"
    "nothing unexpected until then. So 1 outranks 130, and 130 outranks 69.";

}  // namespace kproof::cli
