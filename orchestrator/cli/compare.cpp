// kproof compare A B: what is new, mended, changed, flaky or gone between two runs.
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/exit_code.hpp"
#include "cli/history_file.hpp"
#include "history/store.hpp"
#include "report/read_run.hpp"
#include "report/two_runs.hpp"
#include "series/two_runs.hpp"
#include "util/error.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

struct CompareOptions {
  std::string a, b, file, format = "text";
};

static bool is_id(const std::string& word) {
  return !word.empty() && word.size() < 10 &&
         std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

// A directory, or the id of a run of the history.
static fs::path directory_of(const std::string& word, const std::string& file) {
  if (!is_id(word) || fs::exists(word)) return word;
  const auto path = history_file(file);
  if (!path)
    throw ConfigError(fmt::format("run {}: the history is switched off", word), "--history FILE");
  const auto runs = history::Store::open_to_read(*path).runs();
  const auto run = std::ranges::find(runs, std::stoll(word), &history::RunLine::id);
  if (run == runs.end())
    throw ConfigError(fmt::format("{} has no run {}", path->string(), word),
                      "`kproof history` lists them");
  if (!report::is_run(run->directory))
    throw ConfigError(fmt::format("the directory of run {}, {}, is gone", word, run->directory),
                      "`kproof history CELL` tells what is kept of its cells");
  return run->directory;
}

static std::string name_of(const report::RecordedRun& run) {
  return fmt::format("{} ({}{}, {})", run.directory.string(),
                     run.plan.empty() ? "" : run.plan + ", ", run.started,
                     run.interrupted ? "interrupted" : "whole");
}

static series::OneRun one_run(const report::RecordedRun& run) {
  return {run.cells, run.host, run.plan, run.narrowed || run.interrupted};
}

static Ending ending_of(const series::TwoRuns& runs) {
  Ending ending;
  for (const series::Column& column : runs.matrix.columns) {
    ending.unexpected |= worse(runs, column) == series::Worse::yes;
    ending.host |= worse(runs, column) == series::Worse::host;
  }
  for (const series::MetricColumn& column : runs.matrix.metrics)
    ending.unexpected |= is_worse(column);
  return ending;
}

static int compare_runs(const CompareOptions& options) {
  const report::RecordedRun a = report::read_run(directory_of(options.a, options.file)),
                            b = report::read_run(directory_of(options.b, options.file));
  const series::TwoRuns runs = series::compare_runs(one_run(a), one_run(b), b.metrics);
  const report::RunNames names{name_of(a), name_of(b)};
  fmt::print("{}", options.format == "json"
                       ? report::two_runs_to_json(runs, names)
                       : report::render_two_runs(runs, names, report::style_of(STDOUT_FILENO)));
  return exit_code(ending_of(runs));
}

void add_compare(CommandLine& line) {
  Command command = line.add("compare", "What changed between two runs?");
  const auto options = std::make_shared<CompareOptions>();
  command.value("A", options->a, "a run directory, or the number of a run of the history",
                Need::required);
  command.value("B", options->b, "the later one", Need::required);
  command.choice("--format", options->format, {"text", "json"}, "json: for machines");
  add_history_file(command, options->file);
  command.footer(
      "The words are those of the series matrix (introduced, fixed, changed, flaky, lost), and\n"
      "gone, added and not comparable. A skip, miss or broken is neither fixed nor introduced. A\n"
      "figure is less or more if an exact rank test says so, corrected for all figures (one "
      "report\n"
      "in 100 is wrong), and by as much as the plan asks for; the difference of medians stands\n"
      "beside it, with an interval of 99 %.\n"
      "Exit code: 0 nothing became worse; 1 something did: a failure, a finding or a flake is new, "
      "a\n"
      "proof is lost, a cell of the same whole plan is gone, or a time became more; 2 there is no "
      "such\n"
      "run; 69 proofs are lost, and only by faults of the host.");
  command.example("kproof compare kproof-out/last-night kproof-out/tonight",
                  "what is new, mended, flaky, gone?");
  command.example("kproof compare 41 42", "the same of two runs of the history");
  command.does([options] { return compare_runs(*options); });
}

}  // namespace kproof::cli
