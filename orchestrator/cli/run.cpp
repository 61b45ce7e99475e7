// kproof run PLAN.yaml: boot, test, judge.
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/display.hpp"
#include "cli/exit_code.hpp"
#include "cli/history_file.hpp"
#include "cli/plan_notes.hpp"
#include "cli/run_on_slurm.hpp"
#include "cli/run_options.hpp"
#include "cli/signals.hpp"
#include "plan/shard.hpp"
#include "report/summary.hpp"

namespace kproof::cli {

static int run(RunOptions& options, const SlurmOptions& cluster, const std::string& shard) {
  if (!shard.empty()) options.sweep.filter.shard = plan::parse_shard(shard);
  run::StopRequest stop;
  const SignalWatch signals(stop);
  read_run_options(options, "");
  const auto& sweep = options.sweep;
  if (cluster.on == "slurm" && sweep.hold.any())
    throw ConfigError(
        "--pause-on and --keep wait for you on this machine, and --on slurm runs "
        "guests on others",
        "run the cells that you want to look at here, with --case and --kernel");

  Display display(options.verbose);
  const report::RunReport report =
      cluster.on == "slurm" ? slurm::run(slurm_options(cluster, sweep), stop, display.listener())
                            : run_sweep(sweep, stop, display.listener());
  display.clear();
  if (cluster.prepare) return tell_prepared(sweep.out);
  keep_in_history(options.history, sweep.out);
  tell_unmatched(sweep.plan, report);
  print_outcome(options, report::render_summary(report, report::style_of(STDOUT_FILENO)));
  return exit_code(report, signals.interrupted());
}

void add_run(CommandLine& line) {
  Command command = line.add("run", "Run a plan: boot its kernels, run its cases, judge");
  const auto options = std::make_shared<RunOptions>();
  add_run_options(command, *options, kPlanOrKernelHelp);
  add_kernel_filter(command, options->sweep.filter);
  command.number(
      "--retry", options->sweep.retry,
      "run each unexpected cell so many times more, as further repetitions; every result is "
      "kept, and a cell whose results differ is flaky");
  const auto shard = std::make_shared<std::string>();
  add_shard(command, *shard);
  const auto cluster = std::make_shared<SlurmOptions>();
  add_slurm_options(command, *cluster);
  command.footer(kOnSlurm + std::string(kExitCodes));
  command.example("kproof run quickstart", "two Debian kernels and the short mm cases");
  command.example("kproof run ../linux --case 'kvm/*'",
                  "the kernel of a build tree, with the KVM cases");
  command.example("kproof run my.yaml --out results --kernel mine",
                  "only one kernel of a plan; again in the same --out it goes on where it stopped");
  command.example("kproof run my.yaml --retry 2",
                  "runs each unexpected cell twice more: is it a flake?");
  command.example("kproof run my.yaml --case mm/dax_1g_mprotect --pause-on finding",
                  "stops that guest at the kernel's first complaint; `kproof attach` gets in");
  command.example("kproof run my.yaml --shard 1/3 --out one",
                  "a third of the cells; `kproof merge` joins it with the others");
  command.example("kproof run my.yaml --on slurm --workers 16 --out /shared/run",
                  "as jobs of Slurm, from a directory that all nodes see");
  command.does([options, cluster, shard] { return run(*options, *cluster, *shard); });
}

}  // namespace kproof::cli
