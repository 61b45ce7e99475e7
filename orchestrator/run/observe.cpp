#include "run/observe.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "agent/messages.hpp"
#include "console/analyzer.hpp"
#include "console/kmsg_analyzer.hpp"
#include "console/line.hpp"
#include "ktap/parse.hpp"
#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/files.hpp"
#include "util/release.hpp"

namespace kproof::run {

template <class Analyzer>
static void feed_file(Analyzer& analyzer, const std::filesystem::path& path) {
  const util::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::vector<char> buffer(1 << 20);
  for (ssize_t n = 1; fd && n > 0;) {
    n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n < 0) throw HostError("cannot read " + path.string() + ": " + std::strerror(errno));
    analyzer.feed({buffer.data(), static_cast<std::size_t>(n)});
  }
  analyzer.finish();
}

using Without = std::string (*)(std::string log, const DiagnosisOutput& diagnosis_output);

// As a stream where nothing is left out, so that a long log is never in memory as a whole.
template <class Analyzer>
static void feed_log(Analyzer& analyzer, const std::filesystem::path& path,
                     const DiagnosisOutput& diagnosis_output, Without without) {
  if (!diagnosis_output.any() || !std::filesystem::exists(path)) return feed_file(analyzer, path);
  analyzer.feed(without(util::read_file(path), diagnosis_output));
  analyzer.finish();
}

static verdict::Canary canary_of(const console::Facts& facts, int level, model::Source source) {
  return {.level = level, .source = source, .begin = facts.canary_begin, .end = facts.canary_end};
}

static bool has(const std::vector<model::Finding>& findings, const model::Finding& finding) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const model::Finding& seen) { return model::is_same(seen, finding); });
}

// The number of the first line that holds `text`, or SIZE_MAX.
static std::size_t line_with(const std::filesystem::path& log, const std::string& text) {
  const std::string content = util::read_if_there(log);
  const std::size_t at = content.find(text);
  if (at == std::string::npos) return SIZE_MAX;
  return 1 + static_cast<std::size_t>(
                 std::count(content.begin(), content.begin() + static_cast<long>(at), '\n'));
}

// The kernel's text of its first line.
static std::string head_of(const model::Finding& finding) {
  const std::string line = console::clean(finding.excerpt.substr(0, finding.excerpt.find('\n')));
  return line.substr(console::parse_prefix(line).size);
}

// Whether `finding` is what is left of a report that is whole in the other log, where it may have
// another title.
static bool is_rest(const model::Finding& finding, const std::vector<model::Finding>& other) {
  return finding.corrupted && std::any_of(other.begin(), other.end(), [&](const auto& whole) {
           return !whole.corrupted && head_of(whole) == head_of(finding);
         });
}

std::vector<model::Finding> merge_findings(std::vector<model::Finding> console,
                                           std::vector<model::Finding> kmsg,
                                           std::size_t kmsg_whole_to) {
  std::erase_if(console, [&](const model::Finding& finding) {
    return finding.end_line < kmsg_whole_to && !has(kmsg, finding);
  });
  // What was forged is gone: it cannot stand for the kernel's.
  std::erase_if(console, [&](const model::Finding& finding) { return is_rest(finding, kmsg); });
  std::erase_if(kmsg, [&](const model::Finding& finding) { return is_rest(finding, console); });
  for (const model::Finding& finding : kmsg)
    if (!has(console, finding)) console.push_back(finding);
  return console;
}

static model::CaseReport of_level(model::CaseReport report, int level) {
  for (auto& evidence : report.evidence)
    evidence.level = level;
  for (auto& metric : report.metrics)
    metric.level = level;
  for (auto& subtest : report.subtests)
    subtest.level = level;
  return report;
}

Observed observe(const LevelFiles& files, const std::string& nonce, std::size_t output_dropped,
                 const DiagnosisOutput& diagnosis_output) {
  console::KmsgAnalyzer kmsg({.level = files.level, .source = model::Source::kmsg, .nonce = nonce});
  feed_log(kmsg, files.kmsg(), diagnosis_output, kmsg_without);
  const console::UserRecords& user = kmsg.user_records();
  console::Analyzer console(
      {.level = files.level,
       .source = model::Source::console,
       .stamps = console::Stamps::required,
       .from_user = [&user](std::uint64_t usec,
                            std::string_view text) { return user.contains(usec, text); },
       .nonce = nonce});
  feed_log(console, files.console(), diagnosis_output, console_without);

  Observed seen;
  const bool whole = kmsg.facts().canary_end && kmsg.lost() == 0 && kmsg.malformed() == 0;
  seen.findings =
      merge_findings(console.findings(), kmsg.findings(),
                     whole ? line_with(files.console(), agent::canary(nonce, "end")) : 0);
  seen.canaries = {canary_of(console.facts(), files.level, model::Source::console),
                   canary_of(kmsg.facts(), files.level, model::Source::kmsg)};
  seen.lost_kmsg = kmsg.lost();
  seen.left_out = std::max(console.facts().dropped, kmsg.facts().dropped);
  seen.upstream = util::upstream_release(console.facts().banner);
  seen.oopsed = (!whole && console.facts().oopsed) || kmsg.facts().oopsed;
  if (std::filesystem::exists(files.ktap()))
    seen.report = of_level(ktap::parse(util::read_file(files.ktap())), files.level);
  if (output_dropped > 0)
    seen.report.malformed =
        fmt::format("it printed {} bytes; the last {} were not kept",
                    std::filesystem::file_size(files.ktap()) + output_dropped, output_dropped);
  return seen;
}

}  // namespace kproof::run
