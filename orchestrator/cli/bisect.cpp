// kproof bisect: the first revision of a git range on which a plan's cells are not as expected.
#include "report/bisect.hpp"

#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "bisect/history.hpp"
#include "bisect/steps.hpp"
#include "cli/cli.hpp"
#include "cli/display.hpp"
#include "cli/history_file.hpp"
#include "cli/run_options.hpp"
#include "cli/signals.hpp"
#include "cli/trials.hpp"
#include "page/bisect.hpp"
#include "report/junit.hpp"
#include "series/rows.hpp"
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
        base_(std::move(base)),
        source_(std::get<model::BuildSource>(base_.source)),
        history_(repository()),
        display_(options.run.verbose),
        trials_(options.run.sweep, stop, display_) {}

  report::BisectReport run() {
    const bisect::Range whole{history_.resolve(options_.bad, "--bad"),
                              {history_.resolve(options_.good, "--good")}};
    history_.require_ancestor(whole.good[0], whole.bad);
    const util::FileLock lock = sweep::claim_directory(sweep().out, sweep().plan.name);
    const plan::Filter& filter = sweep().filter;
    report_ = {.plan = sweep().plan.name,
               .kernel = base_.name,
               .repository = repository().string(),
               .good = whole.good[0],
               .bad = whole.bad,
               .filters = {filter.kernels, filter.topologies, filter.cases},
               .started = util::now()};
    if (verify(whole)) search(whole);
    display_.clear();
    write();
    return report_;
  }

 private:
  using Cells = std::vector<model::CellResult>;

  sweep::SweepOptions& sweep() const { return options_.run.sweep; }

  fs::path repository() const {
    const auto* git = std::get_if<model::GitRevision>(&source_.tree);
    if (!git)
      throw ConfigError(
          fmt::format("{}: kernel {} has no git tree to bisect", base_.place, base_.name),
          "give it `source: { git: ../linux }`");
    return fs::absolute(git->repository);
  }

  void write() {
    report_.ended = util::now();
    util::write_file_atomically(sweep().out / "results.json", report::bisect_to_json(report_));
    util::write_file_atomically(sweep().out / "junit.xml", report::junit_xml(report_));
    util::write_file_atomically(sweep().out / "report.html", page::html(report_));
  }

  // What is looked for is what the two ends differ in. False when it was interrupted.
  bool verify(const bisect::Range& whole) {
    display_.say(fmt::format("verifying --good {}", name_of(whole.good[0])));
    const Trial good = attempt(whole.good[0]);
    if (good.interrupted) return stopped();
    require_built("--good", whole.good[0], good);
    display_.say(fmt::format("verifying --bad {}", name_of(whole.bad)));
    const Trial bad = attempt(whole.bad);
    if (bad.interrupted) return stopped();
    require_built("--bad", whole.bad, bad);
    const bisect::Seen seen_bad = bisect::seen_in(bad.cells);
    signature_ = bisect::signature_of(bad.cells, good.cells);
    const bisect::Seen seen_good =
        signature_.empty() ? bisect::seen_in(good.cells) : bisect::seen_in(good.cells, signature_);
    require("--good", whole.good[0], Outcome::good, seen_good, good.cells);
    require("--bad", whole.bad, Outcome::bad, seen_bad, bad.cells);
    report_.signature = bisect::describe(signature_);
    for (const std::string& line : report_.signature)
      display_.say("looking for " + line);
    return true;
  }

  void require_built(const char* option, const std::string& commit, const Trial& trial) {
    if (!trial.unbuilt.empty())
      require(option, commit, Outcome::good, {Outcome::skipped, trial.unbuilt}, {});
  }

  // A broken cell is no matter where the others say what is wanted.
  void require(const char* option, const std::string& commit, Outcome wanted,
               const bisect::Seen& seen, const Cells& cells) {
    if (seen.outcome == wanted) return add(commit, seen);
    display_.clear();
    const std::string name = fmt::format("{} {}", option, commit.substr(0, 12));
    if (const model::CellResult* broken = broken_in(cells))
      throw HostError(
          fmt::format("{}: {} is broken, twice: {}", name, broken->id, broken->judgement.reason),
          "the same command goes on from here");
    throw ConfigError(fmt::format("{} is not {} but {}: {}", name, to_string(wanted),
                                  to_string(seen.outcome), seen.reason),
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

  Trial attempt(const std::string& commit) {
    model::KernelSpec kernel = base_;
    model::BuildSource source = source_;
    source.tree = model::GitRevision{repository(), commit};
    kernel.source = source;
    Trial trial = trials_.attempt(kernel, report::directory_of_revision(commit),
                                  commit.substr(0, 12), signature_);
    report_.host = trials_.host();
    return trial;
  }

  // False when it was interrupted.
  bool test(const std::string& commit) {
    const Trial trial = attempt(commit);
    if (trial.interrupted) return stopped();
    add(commit, trials_.judge(trial, signature_));
    return true;
  }

  void add(const std::string& commit, bisect::Seen seen) {
    display_.say(
        fmt::format("{}: {}: {}", commit.substr(0, 12), to_string(seen.outcome), seen.reason));
    report_.steps.push_back({commit, history_.subject(commit), std::move(seen)});
    write();
  }

  bool stopped() {
    report_.interrupted = true;
    return false;
  }

  BisectOptions& options_;
  const model::KernelSpec base_;
  const model::BuildSource source_;
  const bisect::History history_;
  Display display_;
  Trials trials_;
  report::BisectReport report_;
  bisect::Signature signature_;
};

}  // namespace

static int bisect(BisectOptions& options) {
  run::StopRequest stop;
  const SignalWatch signals(stop);
  read_run_options(options.run, "bisect");
  const auto& plan = options.run.sweep.plan;
  Bisection bisection(options, series::find_base(plan, options.base), stop);
  const report::BisectReport report = bisection.run();
  keep_in_history(options.run.history, options.run.sweep.out);
  print_outcome(options.run, render_bisect(report, report::style_of(STDOUT_FILENO)));
  if (report.interrupted) return kInterrupted;
  return report.first_bad.size() == 1 ? kOk : kUnexpected;
}

void add_bisect(CommandLine& line) {
  Command command = line.add(
      "bisect", "Find the first revision on which a plan's cells fail as they do on --bad");
  const auto options = std::make_shared<BisectOptions>();
  add_run_options(command, options->run, kSourcePlanHelp);
  command.value("--base", options->base,
                "the kernel of the plan to bisect, one with `source: { git: ... }` (default: the "
                "plan's only kernel from source)");
  command.value("--good", options->good, "a revision on which the plan's cases do not fail so",
                Need::required);
  command.value("--bad", options->bad, "a later one on which they do", Need::required);
  command.footer(
      "kproof looks for what --bad shows and --good does not: findings (by title or\n"
      "fingerprint), failed subtests, or else the verdict, of each case that is not as the plan\n"
      "expects; --case and --topology choose the cases. A revision is bad if any repetition shows\n"
      "any of it, and flaky if not all do. kproof skips a revision that does not build, fails in\n"
      "another way, proves nothing, or is broken twice. It only reads your checkout.\n"
      "Interrupted, the same command with the same --out goes on. Exit code: 0 found, 1 only\n"
      "skipped revisions are left, 2 wrong usage (or --good is not good, --bad not bad), 69 a "
      "fault\n"
      "of this host, 130 interrupted.");
  command.example("kproof bisect --good v6.1 --bad mine plan.yaml",
                  "the first revision that shows what --bad shows");
  command.does([options] { return bisect(*options); });
}

}  // namespace kproof::cli
