#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "report/repetitions.hpp"
#include "report/summary.hpp"
#include "util/names.hpp"

namespace kproof::report {
using model::CellResult;

// The first lines of `text`, each behind a bar, and how many more there are.
static std::string quote(const std::string& text) {
  constexpr std::size_t kShown = 6;
  std::istringstream lines(text);
  std::string out;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    if (line.ends_with('\r')) line.pop_back();
    if (count < kShown) out += fmt::format("  | {}\n", printable(line));
  }
  if (count > kShown) out += fmt::format("  | ({} more lines)\n", count - kShown);
  return out;
}

// Where the file of that role is (run/files.hpp); "" where there is none.
static std::string file_line(const RunReport& report, const CellResult& cell,
                             std::string_view label, const std::string& role, int level) {
  const auto file = cell.files.find(level == 1 ? role : fmt::format("{}-l{}", role, level));
  if (file == cell.files.end()) return "";
  return fmt::format("  {}: {}\n", label, printable((report.directory / file->second).string()));
}

static std::string note(const RunReport& report, const CellResult& cell, const Style& style) {
  const auto& judgement = cell.judgement;
  std::string out =
      fmt::format("{}: {}\n  {}\n", printable(cell.id), paint(verdict_text(cell), judgement, style),
                  printable(judgement.reason));
  if (!cell.findings.empty()) {
    const model::Finding& first = cell.findings[0];
    if (!first.culprit.reason.empty()) out += fmt::format("  {}\n", held_up_by(first.culprit));
    out += quote(first.excerpt);
  }
  if (!cell.expectation.reason.empty())
    out += fmt::format("  {} is expected here: {}\n", to_string(cell.expectation.verdict),
                       printable(cell.expectation.reason));
  out += file_line(report, cell, "log", "console", judgement.level);
  out += file_line(report, cell, "traces", "decoded", 1);
  for (const model::Hang& hang : cell.hangs)
    out += file_line(report, cell, "traces", "hang", hang.level);
  return out;
}

// Of repetitions that ended alike, the first is told and the others are named, with their logs.
static std::string note(const RunReport& report, const Repetitions& alike, const Style& style) {
  constexpr std::size_t kShown = 8;
  std::string out = note(report, *alike.front(), style);
  for (std::size_t i = 1; i < alike.size() && i <= kShown; ++i)
    out += "  the same: " + printable(alike[i]->id) + "\n" +
           file_line(report, *alike[i], "  log", "console", alike[i]->judgement.level);
  if (alike.size() > kShown + 1)
    out += fmt::format("  the same: {} more\n", alike.size() - kShown - 1);
  return out;
}

static bool alike(const CellResult& a, const CellResult& b) {
  return a.judgement.verdict == b.judgement.verdict && a.judgement.reason == b.judgement.reason &&
         a.judgement.expected == b.judgement.expected;
}

static std::vector<Repetitions> groups_of(const Repetitions& cells) {
  std::vector<Repetitions> groups;
  for (const CellResult* cell : cells) {
    if (cell->judgement.expected && cell->judgement.verdict == model::Verdict::pass) continue;
    const auto group = std::ranges::find_if(
        groups, [&](const Repetitions& one) { return alike(*one.front(), *cell); });
    if (group == groups.end())
      groups.push_back({cell});
    else
      group->push_back(cell);
  }
  return groups;
}

std::string render_notes(const RunReport& report, const Style& style) {
  std::string out;
  for (const Repetitions& cells : repetitions_in(report.cells))
    for (const Repetitions& group : groups_of(cells))
      out += (out.empty() ? "" : "\n") + note(report, group, style);
  return out;
}

// The first three cells, and how many more there are.
static std::string name_cells(std::vector<std::string> ids) {
  constexpr std::size_t kShown = 3;
  const std::size_t more = ids.size() - std::min(ids.size(), kShown);
  if (more > 0) ids.resize(kShown);
  const std::string named = fmt::format("{}", fmt::join(ids, ", "));
  return more > 0 ? fmt::format("{} and {} more", named, more) : named;
}

std::string render_skips(const RunReport& report) {
  std::map<std::string, std::vector<std::string>> cells;
  for (const auto& cell : report.cells)
    for (const std::string& skip : left_out_of(cell))
      cells[skip].push_back(cell.id);
  std::string out;
  for (const auto& [skip, ids] : cells)
    out += fmt::format("  {}\n    {}\n", printable(skip), printable(name_cells(ids)));
  return out.empty() ? "" : "Skipped subtests, of which these verdicts say nothing:\n" + out;
}

std::string render_discounted(const RunReport& report) {
  std::string out;
  for (const auto& cell : report.cells)
    for (const model::DiscountedAttempt& attempt : cell.discounted)
      out += fmt::format("  {}: {}: {}\n    {}; logs: {}\n", printable(cell.id),
                         to_string(attempt.verdict), printable(attempt.reason),
                         printable(attempt.sign),
                         printable((report.directory / attempt.directory).string()));
  return out.empty()
             ? ""
             : "Attempts that do not count, as QEMU's TCG or this host may have failed and no "
               "kernel; the next one counts:\n" +
                   out;
}

}  // namespace kproof::report
