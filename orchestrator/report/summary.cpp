#include "report/summary.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "util/names.hpp"
#include "util/units.hpp"

namespace kproof::report {
using model::CellResult;

namespace {

// What a table shows: texts by row and column, both in the order in which they came.
struct Grid {
  struct Column {
    std::string key, title;
  };
  struct Entry {
    std::string text;
    const model::Judgement* judgement = nullptr;  // paints it; null: plain
  };
  std::string corner;
  std::vector<std::string> rows;
  std::vector<Column> columns;
  std::map<std::pair<std::string, std::string>, Entry> entries;

  void put(const std::string& row, const Column& column, Entry entry) {
    if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
    if (std::none_of(columns.begin(), columns.end(),
                     [&](const Column& other) { return other.key == column.key; }))
      columns.push_back(column);
    entries[{row, column.key}] = std::move(entry);
  }
  Entry at(const std::string& row, const Column& column) const {
    const auto it = entries.find({row, column.key});
    return it == entries.end() ? Entry{"-"} : it->second;
  }
};

}  // namespace

static Grid::Column column_of(const RunReport& report, const CellResult& cell) {
  const bool topologies = report.plan.topologies.size() > 1;
  return {cell.kernel + "/" + cell.topology,
          printable(cell.kernel_label) + (topologies ? " / " + cell.topology : "")};
}

static Grid arrange_verdicts(const RunReport& report) {
  Grid grid{.corner = "case"};
  for (const auto& cell : report.cells)
    grid.put(case_of(cell), column_of(report, cell), {verdict_text(cell), &cell.judgement});
  return grid;
}

// Where most cases run on few kernels only, a table is mostly dashes, and wider than any screen.
static bool is_sparse(const Grid& grid) {
  return grid.entries.size() * 2 < grid.rows.size() * grid.columns.size();
}

static Grid arrange_cells(const RunReport& report) {
  Grid grid{.corner = "cell"};
  for (const auto& cell : report.cells)
    grid.put(cell.id, {"verdict", "verdict"}, {verdict_text(cell), &cell.judgement});
  return grid;
}

static Grid arrange_metrics(const RunReport& report) {
  Grid grid{.corner = "metric"};
  const auto wanted = [&](const std::string& name) {
    return std::any_of(report.plan.metrics.begin(), report.plan.metrics.end(),
                       [&](const std::string& glob) { return util::glob_match(glob, name); });
  };
  for (const auto& cell : report.cells)
    for (const auto& metric : cell.metrics)
      if (wanted(metric.name))
        grid.put(fmt::format("{} {} ({})", case_of(cell), printable(metric.name),
                             printable(metric.unit)),
                 column_of(report, cell), {number(metric.value)});
  return grid;
}

static std::string trim_right(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

static std::string render(const Grid& grid, const Style& style) {
  constexpr std::string_view kGap = "  ";
  std::size_t first = grid.corner.size();
  for (const auto& row : grid.rows)
    first = std::max(first, display_width(row));
  std::vector<std::size_t> widths;
  std::string line = pad(grid.corner, first);
  for (const auto& column : grid.columns) {
    std::size_t width = display_width(column.title);
    for (const auto& row : grid.rows)
      width = std::max(width, display_width(grid.at(row, column).text));
    widths.push_back(width);
    line += std::string(kGap) + pad(column.title, width);
  }
  std::string out = trim_right(line) + "\n";
  for (const auto& row : grid.rows) {
    line = pad(row, first);
    for (std::size_t i = 0; i < grid.columns.size(); ++i) {
      const Grid::Entry entry = grid.at(row, grid.columns[i]);
      const std::string text = pad(entry.text, widths[i]);
      const std::string shown = i + 1 == grid.columns.size() ? trim_right(text) : text;
      line += std::string(kGap) + (entry.judgement ? paint(shown, *entry.judgement, style) : shown);
    }
    out += trim_right(line) + "\n";
  }
  return out;
}

std::string render_table(const RunReport& report, const Style& style) {
  const Grid grid = arrange_verdicts(report);
  return render(is_sparse(grid) ? arrange_cells(report) : grid, style);
}

std::string render_metrics(const RunReport& report, const Style& style) {
  const Grid grid = arrange_metrics(report);
  return grid.rows.empty() ? "" : render(grid, style);
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

// Where the file of that role is (run/files.hpp); "" where there is none.
static std::string file_line(const RunReport& report, const CellResult& cell,
                             std::string_view label, const std::string& role, int level) {
  const auto file = cell.files.find(level == 1 ? role : fmt::format("{}-l{}", role, level));
  if (file == cell.files.end()) return "";
  return fmt::format("  {}: {}\n", label, (report.directory / file->second).string());
}

static std::string note(const RunReport& report, const CellResult& cell, const Style& style) {
  const auto& judgement = cell.judgement;
  std::string out =
      fmt::format("{}: {}\n  {}\n", cell.id, paint(verdict_text(cell), judgement, style),
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

std::string render_notes(const RunReport& report, const Style& style) {
  std::string out;
  for (const auto& cell : report.cells) {
    if (cell.judgement.expected && cell.judgement.verdict == model::Verdict::pass) continue;
    if (!out.empty()) out += "\n";
    out += note(report, cell, style);
  }
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
    out += fmt::format("  {}\n    {}\n", printable(skip), name_cells(ids));
  return out.empty() ? "" : "Skipped subtests, of which these verdicts say nothing:\n" + out;
}

std::string render_totals(const RunReport& report, const Style&) {
  std::map<std::pair<model::Verdict, bool>, std::pair<std::string, std::size_t>> counts;
  std::size_t unexpected = 0, reused = 0, skipping = 0, skipped = 0;
  for (const auto& cell : report.cells) {
    auto& [text, count] = counts[{cell.judgement.verdict, !cell.judgement.expected}];
    text = verdict_text(cell.judgement);
    ++count;
    unexpected += !cell.judgement.expected;
    reused += cell.reused;
    const std::size_t skips = left_out_of(cell).size();
    skipping += skips > 0;
    skipped += skips;
  }
  std::vector<std::string> parts;
  for (const auto& [key, part] : counts)
    parts.push_back(fmt::format("{} {}", part.second, part.first));
  std::string out = fmt::format("{}: {}", util::format_count(report.cells.size(), "cell"),
                                fmt::join(parts, ", "));
  if (skipped > 0)
    out += fmt::format("; {} skipped in {}", util::format_count(skipped, "subtest"),
                       util::format_count(skipping, "cell"));
  if (reused > 0) out += fmt::format(" ({} kept from an earlier run)", reused);
  const bool whole = report.planned <= report.cells.size();
  if (!whole) out += fmt::format("; {} did not run", report.planned - report.cells.size());
  if (report.interrupted) return out + ". Interrupted.\n";
  if (unexpected > 0) return out + fmt::format(". {} unexpected.\n", unexpected);
  return out + (whole ? ". Everything as expected.\n" : ".\n");
}

std::string render_summary(const RunReport& report, const Style& style) {
  const std::string notes = render_notes(report, style);
  const auto part = [](const std::string& text) { return text.empty() ? text : text + "\n"; };
  return part(render_table(report, style)) + part(render_metrics(report, style)) + part(notes) +
         part(render_skips(report)) + render_totals(report, style);
}

}  // namespace kproof::report
