// kproof analyze FILE|-: the kernel errors in any log.
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/analyze_output.hpp"
#include "cli/cli.hpp"
#include "config/known_issues.hpp"
#include "console/analyzer.hpp"
#include "symbols/decoder.hpp"
#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/units.hpp"
#include "verdict/known_issues.hpp"

namespace kproof::cli {

struct AnalyzeOptions {
  std::string file;
  std::string format = "text";
  std::string vmlinux, modules, known;  // "": none
};

static util::Fd open_log(const std::string& file) {
  util::Fd fd(file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd)
    throw ConfigError(fmt::format("cannot open {}: {}", file, std::strerror(errno)),
                      "name a console log, or - for standard input");
  return fd;
}

// A log that lies beside the one that was meant, and in which nothing would be found.
static void require_text(const std::string& file, std::string_view beginning) {
  static constexpr std::pair<std::string_view, std::string_view> kPackers[] = {
      {"\x1f\x8b", "zcat"}, {"\xfd\x37zXZ", "xzcat"}, {"\x28\xb5\x2f\xfd", "zstdcat"}};
  for (const auto& [magic, unpacker] : kPackers)
    if (beginning.starts_with(magic))
      throw ConfigError(fmt::format("{} is compressed", file),
                        fmt::format("{} {} | kproof analyze -", unpacker, file));
  if (beginning.starts_with("\x7f\x45LF"))
    throw ConfigError(fmt::format("{} is an ELF file and no log", file),
                      "name a console log; its kernel goes to --vmlinux");
}

static void feed_all(console::Analyzer& analyzer, const util::Fd& fd, const std::string& file) {
  std::vector<char> buffer(1 << 20);
  for (bool first = true;; first = false) {
    const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
    if (size == 0) break;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EISDIR)
      throw ConfigError(fmt::format("{} is a directory", file), "name a console log in it");
    if (size < 0) throw HostError(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(size));
    if (first) require_text(file, piece);
    analyzer.feed(piece);
  }
  analyzer.finish();
}

static void decode_all(Analysis& analysis, const AnalyzeOptions& options) {
  if (options.vmlinux.empty()) return;
  symbols::Decoder decoder(options.vmlinux, options.modules);
  for (const model::Finding& finding : analysis.findings)
    analysis.decoded.push_back(decoder.decode_all(finding.excerpt));
  analysis.notes.insert(analysis.notes.end(), decoder.notes().begin(), decoder.notes().end());
}

static void mark_known(Analysis& analysis, const AnalyzeOptions& options) {
  if (options.known.empty()) return;
  const auto issues = config::read_known_issues(options.known);
  const std::string today = util::today();
  verdict::mark_known(analysis.findings, issues, analysis.facts.release, today);
  analysis.notes = verdict::expired(issues, today);
  if (analysis.facts.release.empty())
    analysis.notes.push_back(
        "the log does not say which kernel this is: entries with a range of kernels do not count");
}

static int analyze(const AnalyzeOptions& options) {
  const util::Fd fd = open_log(options.file);
  console::Analyzer analyzer;
  feed_all(analyzer, fd, options.file);
  Analysis analysis{.findings = analyzer.findings(),
                    .facts = analyzer.facts(),
                    .file = options.file == "-" ? "(stdin)" : options.file};
  mark_known(analysis, options);
  decode_all(analysis, options);
  options.format == "json" ? print_json(analysis) : print_text(analysis);
  const bool all_known = std::ranges::all_of(
      analysis.findings, [](const model::Finding& finding) { return finding.known.accepted(); });
  return all_known ? kOk : kUnexpected;
}

void add_analyze(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("analyze", "Find kernel errors in a console log");
  const auto options = std::make_shared<AnalyzeOptions>();
  command->add_option("FILE", options->file, "the log; - is standard input")->required();
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  CLI::Option* vmlinux = command->add_option("--vmlinux", options->vmlinux,
                                             "ELF file of that kernel: traces get files and lines");
  command->add_option("--modules", options->modules, "directory of that kernel's .ko files")
      ->needs(vmlinux);
  command->add_option("--known", options->known, "YAML file of known issues");
  command->footer("Exit code: 0 no findings but known ones, 1 findings, 2 wrong usage.");
  command->callback([options, &exit_code] { exit_code = analyze(*options); });
}

}  // namespace kproof::cli
