#include "cli/watch_text.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compare/proven.hpp"
#include "report/run_report.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

std::string files_as_text(const std::vector<std::string>& files) {
  constexpr std::size_t kNamed = 3;
  if (files.empty()) return "the tree as it is";
  const auto named = std::min(files.size(), kNamed);
  const auto end = files.begin() + static_cast<std::ptrdiff_t>(named);
  std::string text = fmt::format("{}", fmt::join(files.begin(), end, ", "));
  if (files.size() > named) text += fmt::format(" and {} more", files.size() - named);
  return text;
}

// The first lines that a finding is of.
static std::string first_lines(const model::Finding& finding) {
  constexpr int kMost = 3;
  std::string text;
  std::istringstream lines(finding.excerpt);
  std::string line;
  for (int n = 0; n < kMost && std::getline(lines, line); ++n)
    text += fmt::format("    | {}\n", report::printable(line));
  return text;
}

std::string cell_as_text(const model::CellResult& cell, const fs::path& out,
                         const report::Style& style) {
  const std::string name = fmt::format(
      "{}{}", cell.test, cell.topology == "l1" ? "" : fmt::format(" on {}", cell.topology));
  const bool expected = compare::standing_of(cell.judgement) == compare::Standing::expected;
  const std::string reason = cell.judgement.reason.empty() ? "" : ": " + cell.judgement.reason;
  std::string text = fmt::format(
      "  {} {} ({}){}\n", report::paint(report::verdict_text(cell), cell.judgement, style), name,
      util::format_duration(report::duration_of(cell)), report::printable(expected ? "" : reason));
  if (expected) return text;
  if (!cell.findings.empty()) text += first_lines(cell.findings.front());
  if (const auto log = cell.files.find("console"); log != cell.files.end())
    text += fmt::format("    log: {}\n", (out / log->second).string());
  return text;
}

std::string end_as_text(const Round& round) {
  std::string text = util::format_count(round.cells, "cell");
  if (round.cells == 0)
    text = "no case ran";
  else if (round.unexpected == 0)
    text += round.cells == 1 ? ", as expected" : ", all as expected";
  else
    text += fmt::format(", {} not as expected", round.unexpected);
  return fmt::format("{}; {} after the save\n", text, util::format_duration(round.since_save));
}

}  // namespace kproof::cli
