// kproof run PLAN.yaml: boot, test, judge.
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/display.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_notes.hpp"
#include "cli/run_options.hpp"
#include "cli/signals.hpp"
#include "report/summary.hpp"

namespace kproof::cli {

static int run(RunOptions& options) {
  run::StopRequest stop;
  const SignalWatch signals(stop);
  read_run_options(options, "");
  const auto& sweep = options.sweep;

  Display display(options.verbose);
  const report::RunReport report = run_sweep(sweep, stop, display.listener());
  display.clear();
  tell_unmatched(sweep.plan, report);
  print_outcome(options, report::render_summary(report, report::style_of(STDOUT_FILENO)));
  return exit_code(report, signals.interrupted());
}

void add_run(CommandLine& line) {
  Command command = line.add("run", "Run a plan: boot its kernels, run its cases, judge");
  const auto options = std::make_shared<RunOptions>();
  add_run_options(command, *options, kPlanOrKernelHelp);
  add_kernel_filter(command, options->sweep.filter);
  command.footer(std::string(kExitCodes));
  command.example("kproof run quickstart", "two Debian kernels and the short mm cases");
  command.example("kproof run ../linux --case 'kvm/*'",
                  "the kernel of a build tree, with the KVM cases");
  command.example("kproof run my.yaml --out results --kernel mine",
                  "only one kernel of a plan; again in the same --out it goes on where it stopped");
  command.does([options] { return run(*options); });
}

}  // namespace kproof::cli
