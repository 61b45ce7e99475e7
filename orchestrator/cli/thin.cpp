// kproof thin: old run directories, made smaller.
#include <algorithm>
#include <ctime>
#include <memory>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "cache/remove.hpp"
#include "cli/cli.hpp"
#include "cli/streams.hpp"
#include "report/read_run.hpp"
#include "report/text.hpp"
#include "thin/directory.hpp"
#include "util/error.hpp"
#include "util/units.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

struct ThinOptions {
  std::vector<std::string> directories;
  unsigned older = 0;
  std::string to;
  bool dry_run = false;
};

static thin::Rules rules_of(const ThinOptions& options) {
  if (options.older == 0 && options.to.empty())
    throw ConfigError("kproof thin: how old, or how large, may they be?",
                      "--older 14 (days), --to 20G, or both");
  constexpr std::time_t kDay = 24 * 60 * 60;
  const std::time_t now = std::time(nullptr);
  thin::Rules rules{.ended_before = fmt::format(
                        "{:%Y-%m-%dT%H:%M:%SZ}",
                        fmt::gmtime(now - kDay * static_cast<std::time_t>(options.older)))};
  if (options.to.empty()) return rules;
  const auto budget = util::parse_size(options.to);
  if (!budget)
    throw ConfigError(fmt::format("--to {}: that is no size", options.to), "as in 20G or 500M");
  rules.budget = *budget;
  return rules;
}

// What cannot be read stays, and decides the exit code.
static std::vector<thin::OldRun> look_at(const ThinOptions& options, std::size_t& left_out) {
  std::vector<thin::OldRun> runs;
  for (const std::string& directory : options.directories) {
    const auto below = report::runs_below(directory);
    if (below.empty())
      throw ConfigError(fmt::format("{} holds no run", directory),
                        "give the directory that `kproof run` named as its --out, or one above it");
    for (const fs::path& run : below) {
      try {
        runs.push_back(thin::look(run));
      } catch (const Error& error) {
        ++left_out;
        tell(report::printable(fmt::format("kproof: warning: left out: {}\n", error.what())));
      }
    }
  }
  return runs;
}

static int thin_runs(const ThinOptions& options) {
  const thin::Rules rules = rules_of(options);
  std::size_t left_out = 0;
  const thin::Choice choice = choose(look_at(options, left_out), rules);
  for (const thin::Choice::Part& part : choice.parts)
    fmt::print("{} {} ({}) of {}: logs of cells that {}\n",
               options.dry_run ? "would remove" : "removes",
               util::format_count(part.files.size(), "file"), cache::size_in_words(part.bytes),
               report::printable(part.run.string()),
               part.files.front().use == thin::Use::passed ? "passed" : "ended as expected");
  thin::Removed removed;
  if (!options.dry_run) removed = remove(choice);
  for (const std::string& refusal : removed.refused)
    fmt::print("stays: {}\n", report::printable(refusal));
  const std::uint64_t after =
      options.dry_run ? choice.after : choice.before - std::min(removed.bytes, choice.before);
  fmt::print("{} before, {} {}\n", cache::size_in_words(choice.before), cache::size_in_words(after),
             options.dry_run ? "then" : "now");
  return removed.refused.empty() && left_out == 0 ? kOk : kHostFault;
}

void add_thin(CommandLine& line) {
  Command command = line.add("thin", "Make old run directories smaller: their logs go");
  const auto options = std::make_shared<ThinOptions>();
  command.words("DIR", options->directories, "run directories, or what they are below");
  command.number("--older", options->older, "only of runs that ended so many days ago (0: of all)");
  command.value("--to", options->to,
                "no more than is needed until all these runs take so much, as 20G (default: all "
                "that may go)");
  command.flag("--dry-run", options->dry_run, "say what would be removed, and remove nothing");
  command.footer(
      "Logs of cells that passed go first, of the oldest runs before others, then those of cells\n"
      "that ended otherwise and as expected. All else stays: results.json, report.html and all\n"
      "other reports, cell.json, configs, and whatever a cell has that was unexpected, broken or "
      "differs\n"
      "from its repetitions. A run that goes on, or can go on, is left alone. What is removed is\n"
      "gone; so a page has no more logs of those cells.\n"
      "Exit code: 0; 2 wrong usage, or no run; 69 something could not be read or removed.");
  command.example("kproof thin kproof-out --older 14 --dry-run",
                  "what would go of runs that are older than two weeks");
  command.example("kproof thin nights --older 3 --to 20G",
                  "logs of older nights, until all nights take 20 GB");
  command.does([options] { return thin_runs(*options); });
}

}  // namespace kproof::cli
