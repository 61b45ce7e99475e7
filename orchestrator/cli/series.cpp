// kproof series: the base, the base and one patch, and two, ...: what each patch changes.
#include "report/series.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/exit_code.hpp"
#include "cli/run_options.hpp"
#include "cli/signals.hpp"
#include "series/rows.hpp"
#include "source/fetch.hpp"
#include "util/error.hpp"

namespace kproof::cli {

struct SeriesOptions {
  RunOptions run;
  std::string base;
  std::vector<std::string> patches;
};

// The patches of the base itself, which every row has, and those of the series.
struct AllPatches {
  std::vector<patch::Patch> list;
  std::size_t of_base = 0;
};

static AllPatches load(const model::BuildSource& base, const std::vector<std::string>& series) {
  AllPatches all{.list = source::load_patches(base)};
  all.of_base = all.list.size();
  model::BuildSource patched = base;
  patched.patches = series;
  try {
    for (patch::Patch& one : source::load_patches(patched))
      all.list.push_back(std::move(one));
  } catch (const ConfigError& error) {
    throw ConfigError(fmt::format("--patches: {}", error.what()), error.hint());
  }
  return all;
}

// The plan becomes that of the series: a kernel a row, made of the base and as many patches.
static void make_rows(sweep::SweepOptions& sweep, const SeriesOptions& options) {
  const model::KernelSpec base = series::find_base(sweep.plan, options.base);
  const auto all = std::make_shared<const AllPatches>(
      load(std::get<model::BuildSource>(base.source), options.patches));
  std::vector<std::string> subjects;
  for (std::size_t i = all->of_base; i < all->list.size(); ++i)
    subjects.push_back(all->list[i].title);
  sweep.series = series::rows_of(base, subjects);
  sweep.plan = series::plan_of(std::move(sweep.plan), sweep.series);
  for (const series::Row& row : sweep.series)
    sweep.filter.kernels.push_back(row.kernel);
  sweep.fetch = [all, rows = sweep.series, shared = std::optional<source::BuildSpec>()](
                    const model::KernelSpec& spec, const source::Settings& settings) mutable {
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const series::Row& one) { return one.kernel == spec.name; });
    if (row == rows.end()) return source::fetch(spec, settings);
    const auto applied = all->of_base + static_cast<std::size_t>(row - rows.begin());
    if (!shared) shared = source::find_build_spec(spec, settings);
    return source::fetch(spec, *shared, {all->list, applied}, settings);
  };
}

static int series(SeriesOptions& options) {
  run::StopRequest stop;
  const SignalWatch signals(stop);
  read_run_options(options.run, "series");
  sweep::SweepOptions& sweep = options.run.sweep;
  make_rows(sweep, options);

  const report::RunReport report = run_told(options.run, stop);
  print_outcome(options.run, report::render_series(report, report::style_of(STDOUT_FILENO)));
  return exit_code(report, signals.interrupted());
}

void add_series(CommandLine& line) {
  Command command = line.add(
      "series", "Run a plan's cases on a kernel and on each step of a patch series: what changes?");
  const auto options = std::make_shared<SeriesOptions>();
  add_run_options(command, options->run, kSourcePlanHelp);
  command.value("--base", options->base,
                "the kernel of the plan that the series is for, one with `source:` (default: the "
                "plan's only such one)");
  command.list("--patches", options->patches,
               "a directory, a quilt series, a mailbox, a patch, or a range of the base's git "
               "tree; may be repeated",
               Need::required);
  command.footer(
      "kproof builds all kernels first, so that no compiler disturbs what cases measure. An\n"
      "expectation of the plan with `kernel: <base>` is for the base alone, one without `kernel:`\n"
      "for all rows. Exit code: 0 the series is clean: every row builds; no row shows a new\n"
      "finding or failed subtest, loses a proof, skips a subtest that ran before or becomes "
      "flaky,\n"
      "even if a later patch mends that; and after the last patch every case is as the plan\n"
      "expects (pass, unless the plan says otherwise); 1 it is not clean, whatever else happened; "
      "2 wrong "
      "usage,\n"
      "plan or patch, or nothing builds; 69 a fault of this host stands in the way, and nothing\n"
      "worse; 130 interrupted, with nothing wrong until then.");
  command.example("kproof series --patches series.mbox plan.yaml",
                  "which patch changes what: findings, failures and figures");
  command.does([options] { return series(*options); });
}

}  // namespace kproof::cli
