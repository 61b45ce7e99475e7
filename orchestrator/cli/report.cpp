// kproof report: a finished run again, for people and for machines.
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/history_file.hpp"
#include "page/reports.hpp"
#include "report/annotations.hpp"
#include "report/kcidb.hpp"
#include "report/markdown.hpp"
#include "report/read_run.hpp"
#include "report/series.hpp"
#include "report/summary.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::cli {

struct ReportOptions {
  std::vector<std::string> directories;
  std::string format = "text";
  std::string origin = "kproof", history;
};

static void require_origin(const std::string& origin) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789_";
  if (!origin.empty() && origin.find_first_not_of(kLetters) == origin.npos) return;
  throw ConfigError(fmt::format("--origin {}: it is made of a-z, 0-9 and _", origin),
                    "KCIDB's maintainers give one to each who submits");
}

static void print_annotations(const report::RunReport& report, const std::string& format) {
  const auto annotations = report::annotations_of(report, [&](const std::string& path) {
    return util::read_if_there(report.directory / path);
  });
  if (format == "sarif") {
    fmt::print("{}", report::sarif_json(annotations));
    return;
  }
  for (const report::Annotation& one : annotations)
    fmt::print("{}", github_command(one));
}

// A bisection has no cells of its own: a page or mail of none would be one of success.
static report::RecordedRun read(const std::string& directory) {
  report::RecordedRun run = report::read_run(directory);
  if (run.kind == "bisect" || run.kind == "config-bisect")
    throw ConfigError(
        fmt::format("{} is a bisection ({}), which has no cells of its own", directory, run.kind),
        fmt::format("its answer is in {0}/results.json, and the runs that it made are below {0}",
                    directory));
  return run;
}

static std::string page_of(const ReportOptions& options) {
  std::vector<page::Run> runs;
  for (const std::string& directory : options.directories) {
    runs.push_back({report::report_of(read(directory)), directory});
    runs.back().last_good = last_goods(options.history, runs.back().report);
  }
  return runs.size() == 1 ? page::html_of(runs.front().report, runs.front().last_good)
                          : page::html_of(std::move(runs));
}

static void print_for_people(const report::RunReport& report) {
  const report::Style style = report::style_of(STDOUT_FILENO);
  fmt::print("{}", report.series ? render_series(report, style) : render_summary(report, style));
}

static int report(const ReportOptions& options) {
  require_origin(options.origin);
  if (options.format == "html") {
    fmt::print("{}", page_of(options));
    return kOk;
  }
  if (options.directories.size() > 1)
    throw ConfigError("several runs are one page, and no other format has them",
                      "--format html, or one directory at a time");
  const report::RecordedRun run = read(options.directories.front());
  if (options.format == "kcidb")
    fmt::print("{}", kcidb_json(run, options.origin));
  else if (options.format == "markdown")
    fmt::print("{}", markdown(report::report_of(run)));
  else if (options.format == "github" || options.format == "sarif")
    print_annotations(report::report_of(run), options.format);
  else
    print_for_people(report::report_of(run));
  return kOk;
}

void add_report(CommandLine& line) {
  Command command = line.add("report", "Print a finished run: for people, a mail, a dashboard");
  const auto options = std::make_shared<ReportOptions>();
  command.words("DIR", options->directories,
                "the directory of a run; with --format html, of several");
  command.choice(
      "--format", options->format, {"text", "markdown", "html", "kcidb", "github", "sarif"},
      "markdown for a mail or a merge request, html as report.html, kcidb (5.3) to submit, "
      "github: annotations of its Actions, sarif (2.1.0) for what shows it beside the source");
  command.value("--origin", options->origin, "of ids for KCIDB");
  add_history_file(command, options->history);
  command.example("kproof report kproof-out/quickstart-1 --format markdown", "for a mail");
  command.example("kproof report out --format github",
                  "in a job of GitHub Actions: what failed, at its source line");
  command.example("kproof report monday tuesday --format html", "two runs on one page");
  command.footer(
      "Exit code: 0 printed, 2 wrong usage or no run, 69 a fault of this host. What the run\n"
      "ended with is not told again: its own exit code was that.");
  command.does([options] { return report(*options); });
}

}  // namespace kproof::cli
