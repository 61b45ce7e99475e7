// kproof analyze FILE|-: the kernel errors in any log.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/cli.hpp"
#include "console/analyzer.hpp"
#include "util/error.hpp"
#include "util/fd.hpp"

namespace kproof::cli {

struct AnalyzeOptions {
  std::string file;
  std::string format = "text";
};

static util::Fd open_log(const std::string& file) {
  util::Fd fd(file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd)
    throw ConfigError(fmt::format("cannot open {}: {}", file, std::strerror(errno)),
                      "name a console log, or - for standard input");
  return fd;
}

static void feed_all(console::Analyzer& analyzer, const util::Fd& fd, const std::string& file) {
  std::vector<char> buffer(1 << 20);
  for (;;) {
    const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
    if (size == 0) break;
    if (size > 0) analyzer.feed({buffer.data(), static_cast<std::size_t>(size)});
    if (size < 0 && errno == EISDIR)
      throw ConfigError(fmt::format("{} is a directory", file), "name a console log in it");
    if (size < 0 && errno != EINTR)
      throw HostError(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
  }
  analyzer.finish();
}

// null where nothing can be said.
static nlohmann::ordered_json to_json(const model::Culprit& culprit) {
  if (culprit.reason.empty()) return nullptr;
  nlohmann::ordered_json json{
      {"frame", culprit.frame}, {"cpu", nullptr}, {"reason", culprit.reason}};
  if (culprit.cpu >= 0) json["cpu"] = culprit.cpu;
  return json;
}

static nlohmann::ordered_json to_json(const model::Finding& finding) {
  return {{"title", finding.title},
          {"alt_titles", finding.alt_titles},
          {"type", finding.type},
          {"frame", finding.frame},
          {"culprit", to_json(finding.culprit)},
          {"start_line", finding.start_line},
          {"end_line", finding.end_line},
          {"corrupted", finding.corrupted},
          {"reason", finding.corrupted_reason},
          {"panicked", finding.panicked},
          {"count", finding.count},
          {"excerpt", finding.excerpt}};
}

static void print_json(const std::vector<model::Finding>& findings) {
  nlohmann::ordered_json document{{"schema", 1}, {"findings", nlohmann::json::array()}};
  for (const model::Finding& finding : findings)
    document["findings"].push_back(to_json(finding));
  // A console prints any bytes; JSON is UTF-8.
  fmt::print("{}\n", document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

// A guest prints any bytes; a terminal must not obey them.
static std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; }, '?');
  return text;
}

// The first lines of an excerpt, indented.
static std::string head_of(const std::string& excerpt) {
  constexpr int kShown = 8;
  std::string shown;
  std::size_t pos = 0;
  for (int line = 0; line < kShown && pos < excerpt.size(); ++line) {
    const std::size_t end = std::min(excerpt.find('\n', pos), excerpt.size());
    shown += "    " + printable(excerpt.substr(pos, end - pos)) + "\n";
    pos = end + 1;
  }
  return pos < excerpt.size() ? shown + "    ...\n" : shown;
}

static void print_finding(const model::Finding& finding, const std::string& file, bool colour) {
  fmt::print("{}{}{}\n", colour ? "\x1b[1;31m" : "", printable(finding.title),
             colour ? "\x1b[0m" : "");
  fmt::print("  {}:{}-{}", file, finding.start_line, finding.end_line);
  if (!finding.type.empty()) fmt::print("  {}", finding.type);
  if (finding.count > 1) fmt::print("  seen {} times", finding.count);
  if (finding.panicked) fmt::print("  the kernel panicked");
  if (finding.corrupted) fmt::print("  incomplete: {}", finding.corrupted_reason);
  if (!finding.culprit.reason.empty())
    fmt::print("\n  held up by: {} ({})",
               finding.culprit.frame.empty() ? "unknown" : printable(finding.culprit.frame),
               printable(finding.culprit.reason));
  fmt::print("\n{}\n", head_of(finding.excerpt));
}

static void print_text(const std::vector<model::Finding>& findings, const console::Facts& facts,
                       const std::string& file) {
  const bool colour = ::isatty(STDOUT_FILENO) != 0;
  for (const model::Finding& finding : findings)
    print_finding(finding, file, colour);
  if (facts.dropped != 0)
    fmt::print("{} more reports were left out: they have other titles, and {} are kept\n",
               facts.dropped, console::kMostFindings);
  if (findings.empty())
    fmt::print("{}: no findings in {} lines\n", file, facts.lines);
  else
    fmt::print("{}: {} finding{} in {} lines\n", file, findings.size(),
               findings.size() == 1 ? "" : "s", facts.lines);
}

static int analyze(const AnalyzeOptions& options) {
  const util::Fd fd = open_log(options.file);
  console::Analyzer analyzer;
  feed_all(analyzer, fd, options.file);
  const std::vector<model::Finding> findings = analyzer.findings();
  if (options.format == "json")
    print_json(findings);
  else
    print_text(findings, analyzer.facts(), options.file == "-" ? "(stdin)" : options.file);
  return findings.empty() ? kOk : kUnexpected;
}

void add_analyze(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("analyze", "Find kernel errors in a console log");
  const auto options = std::make_shared<AnalyzeOptions>();
  command->add_option("FILE", options->file, "the log; - is standard input")->required();
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->footer("Exit code: 0 no findings, 1 findings, 2 wrong usage.");
  command->callback([options, &exit_code] { exit_code = analyze(*options); });
}

}  // namespace kproof::cli
