// kproof config-bisect: the least set of kconfig symbols by which a plan's cells fail.
#include "report/config_bisect.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "bisect/flaky.hpp"
#include "cli/cli.hpp"
#include "cli/config_end.hpp"
#include "cli/config_search.hpp"
#include "cli/exit_code.hpp"
#include "cli/history_file.hpp"
#include "cli/signals.hpp"
#include "series/rows.hpp"
#include "util/error.hpp"

namespace kproof::cli {
using report::ConfigAnswer;

// Where --bad is a cell, that says which case, topology and kernel.
static std::string follow_cell(ConfigBisectOptions& options) {
  if (options.bad.size() != 1) return "";
  const auto cell = cell_at(options.bad.front());
  if (!cell) return "";
  plan::Filter& filter = options.run.sweep.filter;
  if (filter.cases.empty()) filter.cases = {cell->test};
  if (filter.topologies.empty()) filter.topologies = {cell->topology};
  const auto& kernels = options.run.sweep.plan.kernels;
  const auto found =
      std::ranges::find_if(kernels, [&](const auto& one) { return one.name == cell->kernel; });
  const bool built =
      found != kernels.end() && std::holds_alternative<model::BuildSource>(found->source);
  return built ? cell->kernel : "";
}

static int config_bisect(ConfigBisectOptions& options) {
  run::StopRequest stop;
  const SignalWatch signals(stop);
  if (options.repetitions == 0 || options.repetitions > bisect::kMostRuns)
    throw ConfigError(
        fmt::format("--repetitions {}: 1 to {}", options.repetitions, bisect::kMostRuns));
  read_run_options(options.run, "config-bisect");
  const std::string of_cell = follow_cell(options);
  const std::string& base = options.base.empty() ? of_cell : options.base;
  const report::ConfigBisectReport report =
      search_config(options, series::find_base(options.run.sweep.plan, base), stop);
  keep_in_history(options.run.history, options.run.sweep.out);
  print_outcome(options.run, render_config_bisect(report, report::style_of(STDOUT_FILENO)));
  if (report.answer == ConfigAnswer::open) return kInterrupted;
  return report.answer == ConfigAnswer::found ? kOk : kUnexpected;
}

void add_config_bisect(CommandLine& line) {
  Command command = line.add(
      "config-bisect", "Find the least set of kconfig symbols that makes a plan's cells fail");
  const auto options = std::make_shared<ConfigBisectOptions>();
  add_run_options(command, options->run, kSourcePlanHelp);
  command.list("--good", options->good,
               "a .config, a fragment (a name in kconfigs/fragments or a path) on top of the "
               "kernel's, a kernel of the plan, or the directory of a cell of an earlier run "
               "(default: the kernel as the plan has it); several fragments may be given");
  command.list("--bad", options->bad, "the same, with which the cases fail", Need::required);
  command.value("--base", options->base,
                "the kernel of the plan whose source and patches are built (default: that of "
                "--bad's cell, or the plan's only kernel from source)");
  command.number("--repetitions", options->repetitions,
                 "of each case on each kernel (default: 3); more where answers are flaky");
  command.footer(
      "kproof looks for what --bad shows and --good does not, as `kproof bisect` does. It tries\n"
      "configs between the two: a symbol comes with what it needs and what it selects, and "
      "members\n"
      "of a choice come together. A config that kconfig finishes in another way than asked is\n"
      "neither good nor bad. kproof proves the least set both ways: --good with it fails, --bad\n"
      "without it does not. If any of several sets is enough, it names all of them.\n"
      "All configs share one build directory, so that a step compiles what its symbols touch;\n"
      "the same command with the same --out goes on from what was seen.\n"
      "Exit code: 0 found and proven, 1 not: no difference, a flaky case, or no proof; 2 wrong\n"
      "usage, or an end that says nothing; 69 a fault of this host, 130 interrupted.");
  command.example("kproof config-bisect --good a.config --bad b.config --case mm/dax_1g plan.yaml",
                  "the least set of symbols that makes the case fail");
  command.does([options] { return config_bisect(*options); });
}

}  // namespace kproof::cli
