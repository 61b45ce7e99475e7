// kproof analyze FILE|-: the kernel errors in any log.
#include <algorithm>
#include <memory>
#include <set>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/analyze_output.hpp"
#include "cli/blindness.hpp"
#include "cli/cli.hpp"
#include "cli/decode.hpp"
#include "cli/log_file.hpp"
#include "config/known_issues.hpp"
#include "util/release.hpp"
#include "util/units.hpp"
#include "verdict/known_issues.hpp"

namespace kproof::cli {

struct AnalyzeOptions {
  std::string file;
  std::string format = "text";
  std::string vmlinux, modules, known;  // "": none
};

// "" where a finding may be of any of several.
static std::string only_release(const console::Facts& facts, std::vector<std::string>& notes) {
  std::set<std::string> releases;
  for (const std::string& banner : facts.banners)
    releases.insert(util::upstream_release(banner));
  if (releases.size() > 1)
    notes.push_back(fmt::format(
        "the log is of several kernels ({}): entries with a range of kernels do not count",
        fmt::join(releases, ", ")));
  else if (facts.release.empty())
    notes.push_back(
        "the log does not say which kernel this is: entries with a range of kernels do not count");
  return releases.size() == 1 ? *releases.begin() : "";
}

static void mark_known(Analysis& analysis, const AnalyzeOptions& options) {
  if (options.known.empty()) return;
  const auto issues = config::read_known_issues(options.known, analysis.notes);
  const std::string today = util::today();
  verdict::mark_known(analysis.findings, issues, only_release(analysis.facts, analysis.notes),
                      today);
  for (std::string& line : verdict::expired(issues, today))
    analysis.notes.push_back(std::move(line));
}

// What a kernel that died would have said is not known, even if what it died of is.
static bool is_clean(const Analysis& analysis) {
  const bool all_known = std::ranges::all_of(
      analysis.findings, [](const model::Finding& finding) { return finding.known.accepted(); });
  const bool died = analysis.facts.panicked || analysis.facts.oopsed;
  return all_known && analysis.blind.empty() && !died;
}

static int analyze(const AnalyzeOptions& options) {
  LogContent log = read_log(options.file);
  Analysis analysis{.blind = blind_spots(log),
                    .facts = log.facts,
                    .file = options.file == "-" ? "(stdin)" : options.file};
  analysis.findings = std::move(log.findings);
  if (log.first_record != 0)
    analysis.notes.push_back(
        fmt::format("the log begins with record {}: what the kernel said before is not in it",
                    log.first_record));
  mark_known(analysis, options);
  if (!options.vmlinux.empty()) decode_all(analysis, options.vmlinux, options.modules);
  options.format == "json" ? print_json(analysis) : print_text(analysis);
  return is_clean(analysis) ? kOk : kUnexpected;
}

void add_analyze(CommandLine& line) {
  Command command = line.add("analyze", "Find kernel errors in a console log");
  const auto options = std::make_shared<AnalyzeOptions>();
  command.value("FILE", options->file, "the log; - is standard input", Need::required);
  command.choice("--format", options->format, {"text", "json"}, "text or json");
  command.value("--vmlinux", options->vmlinux,
                "ELF file of that kernel: traces get files and lines");
  command.value("--modules", options->modules, "directory of that kernel's .ko files");
  command.depends("--modules", "--vmlinux");
  command.value("--known", options->known, "YAML file of known issues");
  command.footer(
      "Exit code: 0 no findings and complaints but known ones, in all of the log; 1 findings, a "
      "panic or an oops "
      "(known or not), or something in the log that could not be seen or failed; 2 wrong usage.");
  command.example("kproof analyze console.log",
                  "kernel errors in a log, with what could not be seen");
  command.example("zcat dmesg.gz | kproof analyze - --format json", "the same for a script");
  command.does([options] { return analyze(*options); });
}

}  // namespace kproof::cli
