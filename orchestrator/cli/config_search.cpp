#include "cli/config_search.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bisect/flaky.hpp"
#include "bisect/minimise.hpp"
#include "cli/config_end.hpp"
#include "cli/config_source.hpp"
#include "cli/config_steps.hpp"
#include "cli/display.hpp"
#include "cli/trials.hpp"
#include "report/junit.hpp"
#include "source/builder.hpp"
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

static std::string told_lost(const std::vector<kconfig::Lost>& lost) {
  std::vector<std::string> lines;
  for (const kconfig::Lost& one : lost)
    lines.push_back(to_string(one));
  return fmt::format("{}{}", lines[0],
                     lines.size() == 1 ? ""
                                       : fmt::format("; and {} more\n{}", lines.size() - 1,
                                                     fmt::join(lines, "\n")));
}

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
        shipped_(sweep::Installation::find().fragments()) {}

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
    steps_.clear();
    trials_.set_repetitions(report_.repetitions);
    if (!compare_ends()) return;
    const bisect::Minimum minimum =
        bisect::minimise(changes_, [this](const Changes& made) { return look(made); });
    if (steps_.any_flaky() && !good_is_good()) return;
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

  Outcome look(const Changes& made) {
    display_.say(
        fmt::format("{} of {} symbols as in --bad", steps_.symbols_in(made), report_.symbols));
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
    if (!lost.empty())
      return add(made, {.refused = true, .seen = {Outcome::skipped, told_lost(lost)}});
    if (const report::ConfigStep* same = steps_.same_config(made, name_of(config)))
      return same->seen.outcome;
    const bisect::Seen seen = trials_.judge(attempt(config), signature_);
    const Outcome outcome = add(made, {.config = name_of(config), .seen = seen});
    if (outcome == Outcome::bad) require_runs(seen.showing, seen.repetitions);
    return outcome;
  }

  Outcome add(const Changes& made, report::ConfigStep step) {
    const report::ConfigStep& added = steps_.add(made, std::move(step));
    display_.say(fmt::format(
        "{}: {}", added.refused ? "refused, so not built" : to_string(added.seen.outcome),
        added.seen.reason.substr(0, added.seen.reason.find('\n'))));
    write();
    return added.seen.outcome;
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
      report_.causes.push_back(steps_.told(cause, sweep().out));
    report_.without = steps_.index_of(minimum.rest);
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
  report::ConfigBisectReport report_;
  ConfigSteps steps_{difference_, report_};
};

}  // namespace

report::ConfigBisectReport search_config(ConfigBisectOptions& options, model::KernelSpec base,
                                         const run::StopRequest& stop) {
  return ConfigBisection(options, std::move(base), stop).run();
}

}  // namespace kproof::cli
