#include "cli/failed.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/again.hpp"
#include "cli/streams.hpp"
#include "manifest/manifest.hpp"
#include "plan/cells.hpp"
#include "report/read_run.hpp"
#include "sweep/cases.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/units.hpp"
#include "virt/cpu_models.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

static manifest::Manifest manifest_of(const report::RecordedRun& run) {
  const std::string kind = run.kind.empty() ? "run" : run.kind;
  const auto manifest = manifest::read(run.directory);
  if (kind == "run" && manifest) return *manifest;
  throw ConfigError(
      fmt::format("--failed {}: its cells are not those of a plan alone", run.directory.string()),
      kind == "run" ? "it has no manifest.json; name a directory that `kproof run` has made"
                    : fmt::format("it is of `kproof {}`, which goes on in the same --out", kind));
}

// The plan's file may say something else by now.
static void tell_if_changed(const manifest::Manifest& manifest) {
  for (const model::PlanText& one : manifest.texts)
    if (fs::exists(one.file) && util::read_file(one.file) != one.text) {
      tell(
          fmt::format("kproof: note: {} has changed since; this runs the plan as it was. To run "
                      "it as it is, name it, too\n",
                      one.file.string()));
      return;
    }
}

static void use_plan_of(const manifest::Manifest& manifest, RunOptions& options) {
  options.sweep.plan = manifest::plan_of(manifest, virt::cpu_models);
  options.sweep.texts = manifest.texts;
  tell_if_changed(manifest);
}

// Of those that run again, what --kernel, --topology and --case leave.
static std::size_t chosen_of(const sweep::SweepOptions& sweep,
                             const std::vector<std::string>& names) {
  if (sweep.filter.ids.empty()) return 0;
  plan::Filter filter = sweep.filter;
  filter.shard.reset();
  return plan::expand(sweep.plan, filter, names).cells.size();
}

static void tell_chosen(const report::RecordedRun& run, std::size_t planned, const Again& again,
                        std::size_t chosen) {
  if (run.cells.size() < planned)
    tell(
        fmt::format("kproof: note: {} of {} did not run there; the command of that run goes on "
                    "with them\n",
                    planned - run.cells.size(), util::format_count(planned, "cell")));
  if (!again.lost.empty())
    tell(fmt::format("kproof: note: the plan has no longer {}\n", fmt::join(again.lost, ", ")));
  if (chosen == 0)
    tell(fmt::format(
        "nothing to run again: of {} in {}, {}\n", util::format_count(run.cells.size(), "cell"),
        run.directory.string(),
        again.ids.empty() ? "all are as expected" : "none that is chosen is not as expected"));
  else
    tell(fmt::format("{} of {}: what did not end as expected in {}\n", chosen,
                     util::format_count(planned, "cell"), run.directory.string()));
}

static void require_other_out(const std::string& out, const fs::path& directory) {
  std::error_code none;
  if (out.empty() || !fs::equivalent(out, directory, none)) return;
  throw ConfigError(
      fmt::format("--out {} is the run of --failed: its report would lose all other cells", out),
      "name a new directory, or none");
}

bool choose_failed(RunOptions& options, const fs::path& directory) {
  const report::RecordedRun run = report::read_run(directory);
  require_other_out(options.out, run.directory);
  const manifest::Manifest manifest = manifest_of(run);
  sweep::SweepOptions& sweep = options.sweep;
  if (sweep.plan.kernels.empty()) use_plan_of(manifest, options);
  const auto names = sweep::Cases(sweep::Installation::find(), sweep.plan).names();
  const Again again = again_of(run.cells, plan::expand(sweep.plan, {}, names).cells);
  sweep.filter.ids = again.ids;
  const std::size_t chosen = chosen_of(sweep, names);
  tell_chosen(run, manifest.cells.size(), again, chosen);
  return chosen > 0;
}

}  // namespace kproof::cli
