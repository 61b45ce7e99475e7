// kproof bisect: the first revision of a git range on which a plan's cells are not as expected.
#include "report/bisect.hpp"

#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "bisect/history.hpp"
#include "bisect/steps.hpp"
#include "cli/cli.hpp"
#include "cli/display.hpp"
#include "cli/run_options.hpp"
#include "cli/signals.hpp"
#include "series/rows.hpp"
#include "source/unbuildable.hpp"
#include "sweep/directory.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/units.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using bisect::Outcome;

struct BisectOptions {
  RunOptions run;
  std::string base, good, bad;
};

namespace {

class Bisection {
 public:
  Bisection(BisectOptions& options, model::KernelSpec base, const run::StopRequest& stop)
      : options_(options),
        stop_(stop),
        base_(std::move(base)),
        source_(std::get<model::BuildSource>(base_.source)),
        history_(repository()),
        display_(options.run.verbose) {}

  report::BisectReport run() {
    const bisect::Range whole{history_.resolve(options_.bad, "--bad"),
                              {history_.resolve(options_.good, "--good")}};
    history_.require_ancestor(whole.good[0], whole.bad);
    const util::FileLock lock = sweep::claim_directory(sweep().out, sweep().plan.name);
    report_ = {.plan = sweep().plan.name,
               .kernel = base_.name,
               .repository = repository().string(),
               .good = whole.good[0],
               .bad = whole.bad};
    if (verify("--good", whole.good[0], Outcome::good) && verify("--bad", whole.bad, Outcome::bad))
      search(whole);
    display_.clear();
    write();
    return report_;
  }

 private:
  sweep::SweepOptions& sweep() const { return options_.run.sweep; }

  fs::path repository() const {
    const auto* git = std::get_if<model::GitRevision>(&source_.tree);
    if (!git)
      throw ConfigError(
          fmt::format("{}: kernel {} has no git tree to bisect", base_.place, base_.name),
          "give it `source: { git: ../linux }`");
    return fs::absolute(git->repository);
  }

  void write() const {
    util::write_file_atomically(sweep().out / "results.json", report::bisect_to_json(report_));
  }

  // Whether to go on: false when it was interrupted.
  bool verify(const char* option, const std::string& commit, Outcome wanted) {
    display_.say(fmt::format("verifying {} {}", option, name_of(commit)));
    if (!test(commit)) return false;
    const bisect::Seen& seen = report_.steps.back().seen;
    if (seen.outcome == wanted) return true;
    display_.clear();
    throw ConfigError(fmt::format("{} {} is not {} but {}: {}", option, commit.substr(0, 12),
                                  to_string(wanted), to_string(seen.outcome), seen.reason),
                      fmt::format("its cells are in {}", directory_of(commit).string()));
  }

  void search(const bisect::Range& whole) {
    for (;;) {
      const bisect::Range range = bisect::narrow(whole, report_.steps);
      const auto next = bisect::next(range, report_.steps, history_.order(range));
      if (const auto* found = std::get_if<bisect::Found>(&next)) {
        report_.first_bad = {found->commit};
        return;
      }
      if (const auto* open = std::get_if<bisect::Undecided>(&next)) {
        report_.first_bad = open->commits;
        return;
      }
      const auto& chosen = std::get<bisect::Try>(next);
      display_.say(fmt::format("{} left, about {} more: {}",
                               util::format_count(chosen.left, "revision"),
                               util::format_count(chosen.steps, "step"), name_of(chosen.commit)));
      if (!test(chosen.commit)) return;
    }
  }

  std::string name_of(const std::string& commit) const {
    return fmt::format("{} {}", commit.substr(0, 12), history_.subject(commit));
  }

  fs::path directory_of(const std::string& commit) const {
    return sweep().out / report::directory_of_revision(commit);
  }

  // Adds a step; false when it was interrupted. What an earlier bisection here saw is kept.
  bool test(const std::string& commit) {
    bisect::Step step{commit, history_.subject(commit), {}};
    try {
      const report::RunReport seen = run_sweep(options_for(commit), stop_, display_.listener());
      if (seen.interrupted) return stopped();
      step.seen = bisect::seen_in(seen.cells);
      if (exit_code_of(seen, false, kOk) != kOk)
        throw HostError(fmt::format("{}: {}", commit.substr(0, 12), step.seen.reason),
                        "the same command goes on from here");
    } catch (const source::Unbuildable& error) {
      step.seen = {Outcome::skipped, fmt::format("{}\n{}", error.what(), error.hint())};
    } catch (const Interrupted&) {
      return stopped();
    }
    display_.say(fmt::format("{}: {}: {}", commit.substr(0, 12), to_string(step.seen.outcome),
                             step.seen.reason));
    report_.steps.push_back(std::move(step));
    write();
    return true;
  }

  bool stopped() {
    report_.interrupted = true;
    return false;
  }

  sweep::SweepOptions options_for(const std::string& commit) {
    sweep::SweepOptions options = sweep();
    options.out = directory_of(commit);
    options.filter.kernels = {base_.name};
    options.hosting = &hosting_;
    options.unbuildable_ends = true;  // that revision is skipped
    for (model::KernelSpec& kernel : options.plan.kernels) {
      if (kernel.name != base_.name) continue;
      model::BuildSource source = source_;
      source.tree = model::GitRevision{repository(), commit};
      kernel.source = source;
    }
    return options;
  }

  BisectOptions& options_;
  const run::StopRequest& stop_;
  const model::KernelSpec base_;
  const model::BuildSource source_;
  const bisect::History history_;
  sweep::Hosting hosting_;  // of all revisions
  Display display_;
  report::BisectReport report_;
};

}  // namespace

static int bisect(BisectOptions& options) {
  run::StopRequest stop;
  const SignalWatch signals(stop);
  read_run_options(options.run, "bisect");
  const auto& plan = options.run.sweep.plan;
  Bisection bisection(options, series::find_base(plan, options.base), stop);
  const report::BisectReport report = bisection.run();
  fmt::print("\n{}\nresults: {}\n", render_bisect(report, report::style_of(STDOUT_FILENO)),
             (options.run.sweep.out / "results.json").string());
  if (report.interrupted) return kInterrupted;
  return report.first_bad.size() == 1 ? kOk : kUnexpected;
}

void add_bisect(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "bisect", "Find the first revision on which a plan's cells are not as it expects");
  const auto options = std::make_shared<BisectOptions>();
  add_run_options(*command, options->run, kSourcePlanHelp);
  command->add_option("--base", options->base,
                      "the kernel of the plan to bisect, one with `source: { git: ... }` (default: "
                      "the plan's only kernel from source)");
  command->add_option("--good", options->good, "a revision on which all is as the plan expects")
      ->required();
  command->add_option("--bad", options->bad, "a later one on which it is not")->required();
  command->footer(
      "Bad is a revision with any cell that is not as the plan expects it; --case and --topology\n"
      "choose the cells that decide. One that does not build, or whose cells end in skip or miss, "
      "is\n"
      "skipped. The user's checkout is only read. Interrupted, the same command with the same "
      "--out\n"
      "goes on. Exit code: 0 found, 1 only skipped revisions are left, 2 wrong usage (or --good "
      "is\n"
      "not good, --bad not bad), 69 a fault of this host, 130 interrupted.");
  command->callback([options, &exit_code] { exit_code = bisect(*options); });
}

}  // namespace kproof::cli
