#include "cli/inspect.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "cli/accel.hpp"
#include "cli/cli.hpp"
#include "cli/display.hpp"
#include "cli/run_options.hpp"
#include "cli/signals.hpp"
#include "cli/streams.hpp"
#include "cli/which_cell.hpp"
#include "report/summary.hpp"
#include "sweep/sweep.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

void add_inspect_options(Command& command, InspectOptions& options, const std::string& what) {
  command.value("CELL", options.cell, kWhichCellHelp, Need::required);
  command.value("--plan", options.plan, "the plan of the cell, by path or name");
  command.value("--output", options.output, what);
  command.value("--out", options.out,
                "directory for the run's results (default: a new one below kproof-out/)");
  add_accel(command, options.accel);
  add_cache_budget(command, options.cache_budget);
  add_as_root(command, options.as_root);
  command.flag("-v,--verbose", options.verbose, "a line for every phase of the cell");
}

static sweep::SweepOptions sweep_of(const InspectOptions& options, const std::string& kind) {
  require_cache_budget(options.cache_budget);
  ChosenGuest chosen = choose_cell(options.cell, options.plan);
  const std::string name = chosen.plan.name + "-" + kind;
  sweep::SweepOptions sweep{.plan = std::move(chosen.plan),
                            .texts = std::move(chosen.texts),
                            .filter = std::move(chosen.filter),
                            .fresh = true,
                            .as_root = options.as_root,
                            .cache_budget = options.cache_budget};
  sweep.out = fs::absolute(options.out.empty() ? fresh_directory("", name) : fs::path(options.out));
  sweep.accel = accel_of(options.accel);
  return sweep;
}

// Where it is to lie is looked at before the guest runs.
static void require_place(const InspectOptions& options) {
  if (options.output.empty()) return;
  const fs::path file = fs::absolute(options.output);
  if (fs::is_directory(file))
    throw ConfigError(fmt::format("--output {} is a directory", options.output), "name a file");
  if (::access(file.parent_path().c_str(), W_OK) != 0)
    throw ConfigError(fmt::format("--output {}: nothing can be written to {}", options.output,
                                  file.parent_path().string()));
}

InspectedRun run_inspected(const InspectOptions& options, const std::string& kind,
                           const sweep::Inspection& inspection) {
  require_place(options);
  run::StopRequest stop;
  const SignalWatch signals(stop);
  Display display(options.verbose);
  InspectedRun run;
  sweep::SweepOptions sweep = sweep_of(options, kind);
  sweep.inspection = &inspection;
  sweep.on_inspected = [&](const sweep::Inspected& inspected) { run.inspected = inspected; };
  run.report = run_sweep(sweep, stop, display.listener());
  display.clear();
  run.interrupted = signals.interrupted();
  const report::Style style = report::style_of(STDERR_FILENO);
  tell(fmt::format("\n{}{}\n", report::render_notes(run.report, style),
                   report::render_totals(run.report)));
  return run;
}

int code_of_nothing(const InspectedRun& run) {
  if (run.interrupted || run.report.cells.empty()) return kInterrupted;
  const model::Judgement& judgement = run.report.cells.front().judgement;
  const bool host = judgement.verdict == model::Verdict::broken;
  return host ? kHostFault : kUnexpected;
}

}  // namespace kproof::cli
