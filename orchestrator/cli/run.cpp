// kproof run PLAN.yaml: boot, test, judge.
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/display.hpp"
#include "cli/exit_code.hpp"
#include "cli/failed.hpp"
#include "cli/history_file.hpp"
#include "cli/kernel_words.hpp"
#include "cli/plan_name.hpp"
#include "cli/plan_notes.hpp"
#include "cli/run_on_slurm.hpp"
#include "cli/run_options.hpp"
#include "cli/signals.hpp"
#include "plan/shard.hpp"
#include "report/summary.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::cli {

struct WhatToRun {
  std::vector<std::string> words;  // a plan, or kernels
  std::string tree, shard, failed;
};

static void require_sense(const RunOptions& options, const WhatToRun& what) {
  if (what.words.empty() && what.failed.empty())
    throw ConfigError("kproof run: PLAN is required", "`kproof run --help` tells all");
  if (options.sweep.retry > 0 && options.sweep.until_fail > 1)
    throw ConfigError("--retry and --repeat-until-fail: both add repetitions",
                      "choose one; --failed runs again what the other has found");
}

static bool names_kernels(const WhatToRun& what) {
  return what.words.size() > 1 || (what.words.size() == 1 && is_kernel_name(what.words.front()));
}

static void read_plan(RunOptions& options, const WhatToRun& what) {
  sweep::SweepOptions& sweep = options.sweep;
  const std::string cases = cases_for_kernel(sweep.filter);
  sweep.plan = names_kernels(what) ? read_kernel_words(what.words, what.tree, cases, &sweep.texts)
                                   : read_named_plan(what.words.front(), cases, &sweep.texts);
}

// Of kernels by name the plan is written, and lies with the results, so that what they say to type
// works.
static void place_plan(sweep::SweepOptions& sweep) {
  sweep.plan.file = sweep.texts.front().file = sweep.out / "plan.yaml";
}

static void keep_plan(const sweep::SweepOptions& sweep) {
  util::write_file_atomically(sweep.plan.file, sweep.texts.front().text);
}

// False where nothing is to be run.
static bool read_what(RunOptions& options, const WhatToRun& what) {
  require_sense(options, what);
  if (!what.shard.empty()) options.sweep.filter.shard = plan::parse_shard(what.shard);
  if (!what.words.empty()) read_plan(options, what);
  if (!what.failed.empty() && !choose_failed(options, what.failed)) return false;
  follow_plan(options);
  if (names_kernels(what)) place_plan(options.sweep);
  return true;
}

static int run(RunOptions& options, const SlurmOptions& cluster, const WhatToRun& what) {
  run::StopRequest stop;
  const SignalWatch signals(stop);
  if (!read_what(options, what)) return kOk;
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
  if (names_kernels(what)) keep_plan(sweep);
  if (cluster.prepare) return tell_prepared(sweep.out);
  keep_in_history(options.history, sweep.out);
  show_last_goods(options.history, report);
  tell_unmatched(sweep.plan, report);
  print_outcome(options, report::render_summary(report, report::style_of(STDOUT_FILENO)));
  return exit_code(report, signals.interrupted());
}

void add_run(CommandLine& line) {
  Command command = line.add("run", "Run a plan: boot its kernels, run its cases, judge");
  const auto options = std::make_shared<RunOptions>();
  const auto what = std::make_shared<WhatToRun>();
  command.words("PLAN", what->words, std::string(kPlanOrKernelHelp) + "; several kernels at once",
                Need::optional);
  add_options_of_a_run(command, *options);
  add_kernel_filter(command, options->sweep.filter);
  command.number(
      "--retry", options->sweep.retry,
      "run each unexpected cell so many times more, as further repetitions; every result is "
      "kept, and a cell whose results differ is flaky");
  command.number("--repeat-until-fail", options->sweep.until_fail,
                 "repeat all cells until one is not as expected, so many times at most in all");
  command.value("--failed", what->failed,
                "the directory of an earlier run: only what did not end as expected there, with "
                "the plan that it had, or with PLAN");
  add_shard(command, what->shard);
  command.value("--tree", what->tree, kTagTreeHelp);
  const auto cluster = std::make_shared<SlurmOptions>();
  add_slurm_options(command, *cluster);
  command.footer(kOnSlurm + std::string(kExitCodes));
  command.example("kproof run quickstart", "two Debian kernels and the short mm cases");
  command.example("kproof run ../linux --case 'kvm/*'",
                  "the kernel of a build tree, with the KVM cases");
  command.example("kproof run v6.1 v6.12 debian:6.12 ../linux --case 'mm/dax*'",
                  "two tags, Debian's newest 6.12 and a build tree, side by side");
  command.example("kproof run my.yaml --out results --kernel mine",
                  "only one kernel of a plan; again in the same --out it goes on where it stopped");
  command.example("kproof run my.yaml --retry 2",
                  "runs each unexpected cell twice more: is it a flake?");
  command.example("kproof run my.yaml --case mm/thp_mprotect --repeat-until-fail 100",
                  "does it ever fail?");
  command.example("kproof run --failed kproof-out/my-20261130-021000",
                  "only what was not as expected there, once more");
  command.example("kproof run my.yaml --case mm/dax_1g_mprotect --pause-on finding",
                  "stops that guest at the kernel's first complaint; `kproof attach` gets in");
  command.example("kproof run my.yaml --shard 1/3 --out one",
                  "a third of the cells; `kproof merge` joins it with the others");
  command.example("kproof run my.yaml --on slurm --workers 16 --out /shared/run",
                  "as jobs of Slurm, from a directory that all nodes see");
  command.does([options, cluster, what] { return run(*options, *cluster, *what); });
}

}  // namespace kproof::cli
