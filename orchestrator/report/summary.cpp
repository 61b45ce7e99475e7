#include "report/summary.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>

namespace kproof::report {
using model::CellResult;

namespace {

// Cells by row (case) and column (kernel and topology), both in the order in which they came.
struct Grid {
  struct Column {
    std::string key, title;
  };
  std::vector<std::string> rows;
  std::vector<Column> columns;
  std::map<std::pair<std::string, std::string>, const CellResult*> cells;

  const CellResult* at(const std::string& row, const Column& column) const {
    const auto it = cells.find({row, column.key});
    return it == cells.end() ? nullptr : it->second;
  }
};

}  // namespace

static Grid arrange(const RunReport& report) {
  Grid grid;
  const bool topologies = report.plan.topologies.size() > 1;
  for (const auto& cell : report.cells) {
    const std::string row = case_of(cell), key = cell.kernel + "/" + cell.topology;
    if (std::find(grid.rows.begin(), grid.rows.end(), row) == grid.rows.end())
      grid.rows.push_back(row);
    if (std::none_of(grid.columns.begin(), grid.columns.end(),
                     [&](const Grid::Column& column) { return column.key == key; }))
      grid.columns.push_back(
          {key, printable(cell.kernel_label) + (topologies ? " / " + cell.topology : "")});
    grid.cells[{row, key}] = &cell;
  }
  return grid;
}

static std::string text_at(const Grid& grid, const std::string& row, const Grid::Column& column) {
  const auto* cell = grid.at(row, column);
  return cell ? verdict_text(cell->judgement) : "-";
}

static std::string trim_right(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string render_table(const RunReport& report, const Style& style) {
  constexpr std::string_view kGap = "  ", kCorner = "case";
  const Grid grid = arrange(report);
  std::size_t first = kCorner.size();
  for (const auto& row : grid.rows)
    first = std::max(first, display_width(row));
  std::vector<std::size_t> widths;
  std::string line = pad(kCorner, first);
  for (const auto& column : grid.columns) {
    std::size_t width = display_width(column.title);
    for (const auto& row : grid.rows)
      width = std::max(width, display_width(text_at(grid, row, column)));
    widths.push_back(width);
    line += std::string(kGap) + pad(column.title, width);
  }
  std::string out = trim_right(line) + "\n";
  for (const auto& row : grid.rows) {
    line = pad(row, first);
    for (std::size_t i = 0; i < grid.columns.size(); ++i) {
      const auto* cell = grid.at(row, grid.columns[i]);
      const std::string text = pad(text_at(grid, row, grid.columns[i]), widths[i]);
      const std::string shown = i + 1 == grid.columns.size() ? trim_right(text) : text;
      line += std::string(kGap) + (cell ? paint(shown, cell->judgement, style) : shown);
    }
    out += trim_right(line) + "\n";
  }
  return out;
}

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

static std::string note(const RunReport& report, const CellResult& cell, const Style& style) {
  const auto& judgement = cell.judgement;
  std::string out =
      fmt::format("{}: {}\n  {}\n", cell.id, paint(verdict_text(judgement), judgement, style),
                  printable(judgement.reason));
  if (!cell.findings.empty()) out += quote(cell.findings[0].excerpt);
  if (!cell.expectation.reason.empty())
    out += fmt::format("  {} is expected here: {}\n", to_string(cell.expectation.verdict),
                       printable(cell.expectation.reason));
  const std::string of_level = judgement.level == 1 ? "" : fmt::format("-l{}", judgement.level);
  if (const auto log = cell.files.find("console" + of_level); log != cell.files.end())
    out += fmt::format("  log: {}\n", (report.directory / log->second).string());
  return out;
}

std::string render_notes(const RunReport& report, const Style& style) {
  std::string out;
  for (const auto& cell : report.cells) {
    if (cell.judgement.expected && cell.judgement.verdict == model::Verdict::pass) continue;
    if (!out.empty()) out += "\n";
    out += note(report, cell, style);
  }
  return out;
}

std::string render_totals(const RunReport& report, const Style&) {
  std::map<std::pair<model::Verdict, bool>, std::pair<std::string, std::size_t>> counts;
  std::size_t unexpected = 0, reused = 0;
  for (const auto& cell : report.cells) {
    auto& [text, count] = counts[{cell.judgement.verdict, !cell.judgement.expected}];
    text = verdict_text(cell.judgement);
    ++count;
    unexpected += !cell.judgement.expected;
    reused += cell.reused;
  }
  std::vector<std::string> parts;
  for (const auto& [key, part] : counts)
    parts.push_back(fmt::format("{} {}", part.second, part.first));
  std::string out = fmt::format("{} cell{}: {}", report.cells.size(),
                                report.cells.size() == 1 ? "" : "s", fmt::join(parts, ", "));
  if (reused > 0) out += fmt::format(" ({} kept from an earlier run)", reused);
  const bool whole = report.planned <= report.cells.size();
  if (!whole) out += fmt::format("; {} did not run", report.planned - report.cells.size());
  if (report.interrupted) return out + ". Interrupted.\n";
  if (unexpected > 0) return out + fmt::format(". {} unexpected.\n", unexpected);
  return out + (whole ? ". Everything as expected.\n" : ".\n");
}

std::string render_summary(const RunReport& report, const Style& style) {
  const std::string notes = render_notes(report, style);
  return fmt::format("{}\n{}{}{}", render_table(report, style), notes, notes.empty() ? "" : "\n",
                     render_totals(report, style));
}

}  // namespace kproof::report
