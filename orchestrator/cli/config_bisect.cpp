// kproof config-bisect: the least set of kconfig symbols by which a plan's cells fail.
#include "report/config_bisect.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "bisect/flaky.hpp"
#include "bisect/minimise.hpp"
#include "cli/cli.hpp"
#include "cli/config_end.hpp"
#include "cli/config_source.hpp"
#include "cli/display.hpp"
#include "cli/run_options.hpp"
#include "cli/signals.hpp"
#include "cli/trials.hpp"
#include "report/junit.hpp"
#include "series/rows.hpp"
#include "source/builder.hpp"
#include "source/fetch.hpp"
#include "sweep/directory.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"
#include "util/units.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using bisect::Changes;
using bisect::Outcome;
using report::ConfigAnswer;

struct ConfigBisectOptions {
  RunOptions run;
  std::string base;
  std::vector<std::string> good, bad;
  unsigned repetitions = 3;
};

namespace {

// Ctrl-C, in the middle of the search.
struct Stopped {};
// A failure is rarer than it seemed: the search begins again with so many runs of each case.
struct Rarer {
  std::size_t runs;
};

class ConfigBisection {
 public:
  ConfigBisection(ConfigBisectOptions& options, model::KernelSpec base,
                  const run::StopRequest& stop)
      : options_(options),
        base_(std::move(base)),
        stop_(stop),
        display_(options.run.verbose),
        trials_(options.run.sweep, stop, display_),
        shipped_(sweep::Workshop::find().fragments()) {}

  report::ConfigBisectReport run() {
    const ConfigEnd good = read_end("--good", options_.good, sweep().plan, base_, shipped_);
    const ConfigEnd bad = read_end("--bad", options_.bad, sweep().plan, base_, shipped_);
    for (const ConfigEnd* end : {&good, &bad})  // mistakes are told before anything is made
      source::read_config_input(end->build.config, end->build.fragments, shipped_);
    const util::FileLock lock = sweep::claim_directory(sweep().out, sweep().plan.name);
    const plan::Filter& filter = sweep().filter;
    report_ = {.plan = sweep().plan.name,
               .kernel = base_.name,
               .good = good.told,
               .bad = bad.told,
               .repetitions = options_.repetitions,
               .filters = {filter.kernels, filter.topologies, filter.cases},
               .started = util::now()};
    try {
      find_difference(good, bad);
      search();
    } catch (const Stopped&) {
      report_.answer = ConfigAnswer::open;
    } catch (const Interrupted&) {
      report_.answer = ConfigAnswer::open;
    }
    display_.clear();
    write();
    return report_;
  }

 private:
  sweep::SweepOptions& sweep() const { return options_.run.sweep; }

  void write() {
    report_.ended = util::now();
    const fs::path& out = sweep().out;
    util::write_file_atomically(out / "results.json", report::config_bisect_to_json(report_));
    util::write_file_atomically(out / "junit.xml", report::junit_xml(report_));
  }

  void find_difference(const ConfigEnd& good, const ConfigEnd& bad) {
    source_.emplace(base_, good,
                    ConfigSource::Setup{shipped_, sweep().as_root, stop_.fd(),
                                        [this](const std::string& line) { display_.say(line); }});
    report_.source = source_->told();
    const source::Finished first = source_->finish("--good", good);
    const source::Finished last = source_->finish("--bad", bad);
    language_ = first.language;
    ends_ = {first.config, last.config};
    difference_ = kconfig::difference(ends_, language_);
    for (const kconfig::Group& group : difference_.groups) {
      changes_.push_back({group.needs, group.likely_needs});
      report_.symbols += group.options.size();
    }
    report_.groups = changes_.size();
    report_.following = difference_.following.size();
    sweep().fetch = [this](const model::KernelSpec& spec, const source::Settings& settings) {
      return source_->fetch(spec, settings);
    };
  }

  void search() {
    if (changes_.empty()) {
      const std::size_t following = difference_.following.size();
      return decide(ConfigAnswer::no_difference,
                    following == 0 ? "both configs are the same when kconfig has finished them"
                                   : "no symbol that can be set differs");
    }
    display_.say(fmt::format(
        "{}, in {}", util::format_count(report_.symbols, "symbol differs", "symbols differ"),
        util::format_count(changes_.size(), "group")));
    for (;;) {
      try {
        return search_once();
      } catch (const Rarer& rarer) {
        report_.repetitions = static_cast<unsigned>(rarer.runs);
        display_.say(fmt::format("flaky: each case runs {} times from here", rarer.runs));
      }
    }
  }

  void search_once() {
    report_.steps.clear();
    step_of_.clear();
    step_of_config_.clear();
    trials_.set_repetitions(report_.repetitions);
    if (!compare_ends()) return;
    const bisect::Minimum minimum =
        bisect::minimise(changes_, [this](const Changes& made) { return look(made); });
    if (is_flaky() && !good_is_good()) return;
    answer(minimum);
  }

  // What is looked for is what the two ends differ in. False where that is nothing.
  bool compare_ends() {
    signature_ = {};
    const bisect::Ends::Kind kind = try_ends();
    if (kind == bisect::Ends::Kind::alike) return decide(ConfigAnswer::no_difference, why_), false;
    if (kind == bisect::Ends::Kind::flaky) return decide(ConfigAnswer::flaky, why_), false;
    report_.signature = bisect::describe(signature_);
    for (const std::string& line : report_.signature)
      display_.say("looking for " + line);
    for (const bisect::Symptom& symptom : signature_)
      require_runs(symptom.seen, symptom.repetitions);
    return true;
  }

  bisect::Ends::Kind try_ends() {
    const Trial bad = attempt_end("--bad", ends_.bad);
    const Trial good = attempt_end("--good", ends_.good);
    const bisect::Ends ends = bisect::compare_ends(good.cells, bad.cells);
    why_ = ends.reason;
    if (ends.kind == bisect::Ends::Kind::unclear) refuse(ends, good, bad);
    signature_ = bisect::signature_of(bad.cells, good.cells);
    const auto seen = [&](const Trial& trial) {
      return signature_.empty() ? bisect::seen_in(trial.cells)
                                : bisect::seen_in(trial.cells, signature_);
    };
    Changes all;
    for (std::size_t i = 0; i < changes_.size(); ++i)
      all.insert(i);
    add({}, {.config = name_of(ends_.good), .seen = seen(good)});
    add(all, {.config = name_of(ends_.bad), .seen = seen(bad)});
    return ends.kind;
  }

  Trial attempt_end(const std::string& option, const std::string& config) {
    display_.say(fmt::format("verifying {} {}", option, name_of(config)));
    Trial trial = attempt(config);
    if (!trial.unbuilt.empty()) {
      display_.clear();
      throw ConfigError(fmt::format("{}: {}", option, trial.unbuilt));
    }
    return trial;
  }

  [[noreturn]] void refuse(const bisect::Ends& ends, const Trial& good, const Trial& bad) {
    display_.clear();
    for (const Trial* trial : {&bad, &good})
      if (const model::CellResult* broken = broken_in(trial->cells))
        throw HostError(
            fmt::format("{} is broken, twice: {}", broken->id, broken->judgement.reason),
            "the same command goes on from here");
    throw ConfigError(ends.reason,
                      fmt::format("its cells are in {}", (sweep().out / "configs").string()));
  }

  void require_runs(std::size_t showing, std::size_t repetitions) const {
    const std::size_t runs =
        std::min(bisect::runs_to_clear(showing, repetitions), bisect::kMostRuns);
    if (runs > report_.repetitions) throw Rarer{runs};
  }

  static std::string name_of(const std::string& config) {
    return util::Hasher().add(config).hex().substr(0, 12);
  }

  Trial attempt(const std::string& config) {
    const std::string directory = report::directory_of_config(name_of(config));
    const fs::path file = sweep().out / (directory + ".config");
    fs::create_directories(file.parent_path());
    util::write_file_atomically(file, config);
    Trial trial = trials_.attempt(source_->kernel_of(file), directory, name_of(config), signature_);
    report_.host = trials_.host();
    if (trial.interrupted) throw Stopped{};
    return trial;
  }

  std::size_t symbols_in(const Changes& made) const {
    std::size_t count = 0;
    for (const std::size_t one : made)
      count += difference_.groups[one].options.size();
    return count;
  }

  Outcome look(const Changes& made) {
    display_.say(fmt::format("{} of {} symbols as in --bad", symbols_in(made), report_.symbols));
    const std::string asked = kconfig::mixed(ends_, difference_, made);
    std::string config;
    try {
      const fs::path file = sweep().out / "configs/asked.config";
      util::write_file_atomically(file, asked);
      config = source_->finish(file);
    } catch (const source::Unbuildable& error) {
      return add(made, {.refused = true, .seen = {Outcome::skipped, error.what()}});
    }
    const auto lost = kconfig::departures(ends_, difference_, made, config, language_);
    if (!lost.empty()) return add(made, {.refused = true, .seen = {Outcome::skipped, told(lost)}});
    if (const auto same = step_of_config_.find(name_of(config)); same != step_of_config_.end())
      return report_.steps[step_of_[made] = same->second].seen.outcome;
    const bisect::Seen seen = trials_.judge(attempt(config), signature_);
    const Outcome outcome = add(made, {.config = name_of(config), .seen = seen});
    if (outcome == Outcome::bad) require_runs(seen.showing, seen.repetitions);
    return outcome;
  }

  static std::string told(const std::vector<kconfig::Lost>& lost) {
    std::vector<std::string> lines;
    for (const kconfig::Lost& one : lost)
      lines.push_back(to_string(one));
    return fmt::format("{}{}", lines[0],
                       lines.size() == 1 ? ""
                                         : fmt::format("; and {} more\n{}", lines.size() - 1,
                                                       fmt::join(lines, "\n")));
  }

  Outcome add(const Changes& made, report::ConfigStep step) {
    step.symbols = symbols_in(made);
    const Outcome outcome = step.seen.outcome;
    display_.say(fmt::format("{}: {}", step.refused ? "refused, so not built" : to_string(outcome),
                             step.seen.reason.substr(0, step.seen.reason.find('\n'))));
    step_of_[made] = report_.steps.size();
    if (!step.refused) step_of_config_[step.config] = report_.steps.size();
    report_.steps.push_back(std::move(step));
    write();
    return outcome;
  }

  bool is_flaky() const {
    return std::ranges::any_of(report_.steps, [](const report::ConfigStep& step) {
      return step.seen.showing < step.seen.repetitions;
    });
  }

  // A failure that comes now and then may do so at --good as well.
  bool good_is_good() {
    trials_.set_repetitions(2 * report_.repetitions);
    display_.say("verifying --good once more, as answers were flaky");
    const bisect::Seen seen = trials_.judge(attempt(ends_.good), signature_);
    trials_.set_repetitions(report_.repetitions);
    if (seen.outcome != Outcome::bad) return true;
    decide(ConfigAnswer::flaky, "--good shows it, too: " + seen.reason);
    return false;
  }

  void decide(ConfigAnswer answer, const std::string& reason) {
    report_.answer = answer;
    report_.reason = reason;
  }

  void answer(const bisect::Minimum& minimum) {
    for (const bisect::Cause& cause : minimum.causes)
      report_.causes.push_back(told(cause, report_.causes.size() + 1));
    report_.without = step_of_.at(minimum.rest);
    const Outcome without = minimum.without;
    if (without == Outcome::good)
      decide(ConfigAnswer::found, "");
    else
      decide(
          ConfigAnswer::unproven,
          without == Outcome::bad
              ? fmt::format("it appears without these, too: there are more causes than {}",
                            bisect::kMostCauses)
              : "--bad without them says nothing: " + report_.steps[*report_.without].seen.reason);
    // The good config with the least set.
    report_.next = source_->build_command(
        sweep().out / (report::directory_of_config(report_.steps[0].config) + ".config"),
        sweep().out / report_.causes[0].fragment);
  }

  report::ConfigCause told(const bisect::Cause& cause, std::size_t number) const {
    report::ConfigCause told{.least = cause.least,
                             .with = step_of_.at(cause.changes),
                             .fragment = fmt::format("least-{}.config", number)};
    std::string text =
        fmt::format("# What makes it appear: {}\n", fmt::join(report_.signature, "; "));
    for (const std::size_t one : cause.changes)
      for (const kconfig::Option& option : difference_.groups[one].options) {
        (cause.needed.contains(one) ? told.needed : told.options).push_back(option);
        text += option.bad == "n" ? fmt::format("# CONFIG_{} is not set\n", option.symbol)
                                  : fmt::format("CONFIG_{}={}\n", option.symbol, option.bad);
      }
    util::write_file_atomically(sweep().out / told.fragment, text);
    return told;
  }

  ConfigBisectOptions& options_;
  const model::KernelSpec base_;
  const run::StopRequest& stop_;
  Display display_;
  Trials trials_;
  const fs::path shipped_;
  std::optional<ConfigSource> source_;  // once the ends are known
  kconfig::Language language_;
  kconfig::Ends ends_;
  kconfig::Difference difference_;
  std::vector<bisect::Change> changes_;
  bisect::Signature signature_;
  std::string why_;
  std::map<Changes, std::size_t> step_of_;
  std::map<std::string, std::size_t> step_of_config_;
  report::ConfigBisectReport report_;
};

}  // namespace

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
  ConfigBisection bisection(options, series::find_base(options.run.sweep.plan, base), stop);
  const report::ConfigBisectReport report = bisection.run();
  fmt::print("\n{}\nresults: {}\njunit:   {}\n",
             render_config_bisect(report, report::style_of(STDOUT_FILENO)),
             (options.run.sweep.out / "results.json").string(),
             (options.run.sweep.out / "junit.xml").string());
  if (report.answer == ConfigAnswer::open) return kInterrupted;
  return report.answer == ConfigAnswer::found ? kOk : kUnexpected;
}

void add_config_bisect(CommandLine& line) {
  Command command = line.add("config-bisect",
                             "Find the least set of kconfig symbols by which a plan's cells fail");
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
      "What is looked for is what --bad shows and --good does not, as in `kproof bisect`.\n"
      "Configs between the two are tried: a symbol comes with what it needs and what it selects,\n"
      "and members of a choice come together. One that kconfig finishes otherwise than it was\n"
      "asked is refused, and neither good nor bad. The least set is proven both ways: --good with\n"
      "it fails, --bad without it does not. Where any of several sets is enough, all are told.\n"
      "All configs share one build directory, so that a step compiles what its symbols touch;\n"
      "the same command with the same --out goes on from what was seen.\n"
      "Exit code: 0 found and proven, 1 not: no difference, a flaky case, or no proof; 2 wrong\n"
      "usage, or an end that says nothing; 69 a fault of this host, 130 interrupted.");
  command.does([options] { return config_bisect(*options); });
}

}  // namespace kproof::cli
