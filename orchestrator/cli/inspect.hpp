// What `kproof dump` and `kproof trace` have in common: a cell that is run to be looked at.
#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"
#include "report/run_report.hpp"
#include "sweep/inspection.hpp"

namespace kproof::cli {

struct InspectOptions {
  std::string cell, plan, out, output, accel = "auto", cache_budget;
  bool as_root = false, verbose = false;
};

// CELL and all but --output, of which `what` tells.
void add_inspect_options(Command& command, InspectOptions& options, const std::string& what);

struct InspectedRun {
  report::RunReport report;
  std::optional<sweep::Inspected> inspected;  // nothing where the cell did not run
  bool interrupted = false;
};
// Runs the cell, shown on stderr, and tells what its notes say there. Its directory is
// <--out, or a new one below kproof-out/>/cells/<id>.
InspectedRun run_inspected(const InspectOptions& options, const std::string& kind,
                           const sweep::Inspection& inspection);

// Of a run whose core or trace is not there.
int code_of_nothing(const InspectedRun& run);

inline constexpr const char* kInspectExitCodes =
    "Exit code: 0 it is there, whatever the verdict; 1 it is not, and the reason is told; 2 wrong "
    "usage or plan; 69 a fault of this host; 130 interrupted.";

}  // namespace kproof::cli
