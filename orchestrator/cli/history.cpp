// kproof history: what became of a cell, a finding or a metric through all runs.
#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"
#include "cli/history_file.hpp"
#include "cli/nights.hpp"
#include "cli/streams.hpp"
#include "history/cell_history.hpp"
#include "history/keep.hpp"
#include "history/text.hpp"
#include "report/read_run.hpp"
#include "report/text.hpp"
#include "util/error.hpp"
#include "util/names.hpp"
#include "util/units.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using history::Store;

struct HistoryOptions {
  std::vector<std::string> words;
  std::string file, finding, metric, format = "text";
  bool changed = false;
  unsigned nights = NightsOptions{}.nights;
};

static fs::path file_of(const HistoryOptions& options) {
  const auto file = history_file(options.file);
  if (!file)
    throw ConfigError("there is no history: it is switched off with `none`", "--history FILE");
  return *file;
}

// Every directory that can be read gets in; one that cannot decides the exit code.
static int import_runs(const HistoryOptions& options) {
  const std::vector<std::string> directories(options.words.begin() + 1, options.words.end());
  if (directories.empty())
    throw ConfigError("kproof history import: which run directories?",
                      "kproof history import kproof-out/*");
  Store store = Store::open_to_write(file_of(options));
  history::Kept all;
  for (const std::string& directory : directories) {
    if (report::runs_below(directory).empty())
      throw ConfigError(
          fmt::format("{} holds no run: neither results.json nor cells/ is below it", directory),
          "give the directory that `kproof run` named as its --out");
    const history::Kept kept = keep(store, directory);
    for (const std::string& why : kept.left_out)
      tell(report::printable(fmt::format("kproof: warning: left out: {}\n", why)));
    all.left_out.insert(all.left_out.end(), kept.left_out.begin(), kept.left_out.end());
    all.runs += kept.runs;
    all.cells += kept.cells;
  }
  fmt::print("{} of {} added to {}\n", util::format_count(all.cells, "cell"),
             util::format_count(all.runs, "run"), file_of(options).string());
  return all.left_out.empty() ? kOk : kHostFault;
}

// A whole name, a glob, or the end of names: "mm/thp_mprotect" is that case on every kernel.
static std::vector<std::string> matching(const std::vector<std::string>& cells,
                                         const std::string& word) {
  std::vector<std::string> found;
  std::ranges::copy_if(cells, std::back_inserter(found), [&](const std::string& cell) {
    return cell == word || util::glob_match(word, cell) || cell.ends_with("/" + word);
  });
  return found;
}

static std::vector<std::string> cells_asked_for(const Store& store, const HistoryOptions& options) {
  std::vector<std::string> cells =
      !options.finding.empty()  ? store.cells_that_showed(options.finding)
      : !options.metric.empty() ? store.cells_that_measured(options.metric)
                                : store.cells();
  if (cells.empty() && !options.finding.empty())
    throw ConfigError(fmt::format("no run showed a finding {}", options.finding),
                      "give a fingerprint as results.json has it, a title, or a glob of titles");
  if (cells.empty() && !options.metric.empty())
    throw ConfigError(fmt::format("no run measured {}", options.metric),
                      "give a metric's name or a glob");
  if (options.words.empty()) return cells;
  const auto found = matching(cells, options.words.front());
  if (found.empty())
    throw ConfigError(fmt::format("no run has a cell {}", options.words.front()),
                      util::suggest(options.words.front(), cells, "cells"));
  return found;
}

static void print(const nlohmann::json& json) {
  fmt::print("{}\n", json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
}

static int list_runs(const Store& store, const HistoryOptions& options) {
  if (options.format == "json")
    print({{"runs", history::to_json(store.runs())}});
  else
    fmt::print("{}", history::render(store.runs()));
  return kOk;
}

static int ask(const Store& store, const HistoryOptions& options) {
  const auto cells = cells_asked_for(store, options);
  const history::Question question{options.finding, options.metric, store.least_changes(),
                                   cells.size()};
  if (options.changed || options.format == "html")
    return tell_nights(store, cells, question, {options.changed, options.format, options.nights});
  nlohmann::json told = nlohmann::json::array();
  for (const std::string& cell : cells) {
    const history::CellHistory past = history_of(cell, store.observations(cell), question);
    if (options.format == "json")
      told.push_back(history::to_json(past));
    else
      fmt::print("{}{}", cell == cells.front() ? "" : "\n", render(past));
  }
  if (options.format == "json") print({{"cells", told}});
  return kOk;
}

static int history(const HistoryOptions& options) {
  if (!options.words.empty() && options.words.front() == "import") return import_runs(options);
  if (options.words.size() > 1)
    throw ConfigError(fmt::format("kproof history has no use for `{}`", options.words[1]),
                      "one CELL, or `import DIR...`");
  if (options.format == "markdown" && !options.changed)
    throw ConfigError("--format markdown is for what changed", "--changed --format markdown");
  const Store store = Store::open_to_read(file_of(options));
  const bool asks = options.format == "html" || !options.words.empty() || options.changed ||
                    !options.finding.empty() || !options.metric.empty();
  return asks ? ask(store, options) : list_runs(store, options);
}

void add_history(CommandLine& line) {
  Command command =
      line.add("history", "What became of a cell, a finding or a metric through all runs");
  const auto options = std::make_shared<HistoryOptions>();
  command.words(
      "CELL", options->words,
      "a cell's name (kernel/topology/case), its end or a glob; or `import DIR...`: adds run "
      "directories; nothing: the list of runs",
      Need::optional);
  command.value("--finding", options->finding,
                "only this: a fingerprint, a title or a glob of titles");
  command.value("--metric", options->metric, "only this: a metric's name or a glob");
  command.flag("--changed", options->changed,
               "the last nights as a mail: what changed, since when, how to see it again; decides "
               "the exit code");
  command.number("--nights", options->nights,
                 "of --changed and html: so many nights, from noon to noon UTC");
  command.choice("--format", options->format, {"text", "markdown", "json", "html"},
                 "markdown with --changed; html: a page of nights whose links are relative to the "
                 "current directory");
  add_history_file(command, options->file);
  command.footer(
      "A symptom is `introduced`, `fixed`, `more often` or `less often` where its rate changed\n"
      "(Bayesian change points, with the 99 % interval of the run), `flaky` where it did not, and\n"
      "`new` where it is in the last runs only and these are too few to say. What proves nothing "
      "(skip,\n"
      "miss, broken) counts for no rate. A figure changed where an exact rank test says so, by as "
      "much\n"
      "as the plan says that it matters.\n"
      "Exit code: 0; 2 there is no such thing, or no history; 69 the file cannot be read, or a\n"
      "directory was left out. With --changed: 1 the last night of a cell is unexpected and real, "
      "or\n"
      "one of its times became more in the last 14 nights; 69 neither, and the host was out of "
      "order for\n"
      "a cell of the last night. Real is all that is unexpected but what the history shows to be "
      "a flake:\n"
      "a symptom that comes and goes at one rate, or that a repetition of the same night did not "
      "show.");
  command.example("kproof history import kproof-out/*", "adds old run directories");
  command.example("kproof history mm/thp_mprotect", "what became of that case, on every kernel");
  command.example("kproof history --changed", "what changed in the last nights, for a mail");
  command.example("kproof history --format html > index.html", "a page of nights, with trends");
  command.example("kproof history --finding 'WARNING in *'", "since when, and how often?");
  command.example("kproof history --metric 'stall_*' --format json", "figures, for a program");
  command.does([options] { return history(*options); });
}

}  // namespace kproof::cli
