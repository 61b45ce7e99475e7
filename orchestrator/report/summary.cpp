#include "report/summary.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "stats/ranks.hpp"
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
          printable(cell.kernel_label) + (topologies ? " / " + printable(cell.topology) : "")};
}

// The repetitions of one cell, in the order in which they come.
using Repetitions = std::vector<const CellResult*>;

static std::vector<Repetitions> repetitions_in(const std::vector<CellResult>& cells) {
  std::vector<Repetitions> all;
  std::map<std::string, std::size_t> places;
  for (const CellResult& cell : cells) {
    const auto [place, added] = places.try_emplace(
        fmt::format("{}/{}/{}", cell.kernel, cell.topology, name_of(cell)), all.size());
    if (added) all.emplace_back();
    all[place->second].push_back(&cell);
  }
  return all;
}

static std::vector<std::string> texts_of(const Repetitions& cells) {
  std::vector<std::string> texts;
  for (const CellResult* cell : cells)
    texts.push_back(verdict_text(*cell));
  return texts;
}

static bool disagree(const Repetitions& cells) {
  return std::ranges::any_of(cells, [&](const CellResult* cell) {
    return cell->judgement.verdict != cells.front()->judgement.verdict;
  });
}

// "pass", "pass 3/3", "flaky: pass 2/3, crash 1/3".
static std::string text_of(const Repetitions& cells) {
  const std::vector<std::string> texts = texts_of(cells);
  if (cells.size() == 1) return texts.front();
  std::vector<std::string> parts, told;
  for (const std::string& text : texts) {
    if (std::ranges::find(told, text) != told.end()) continue;
    told.push_back(text);
    parts.push_back(fmt::format("{} {}/{}", text, std::ranges::count(texts, text), cells.size()));
  }
  return (disagree(cells) ? "flaky: " : "") + fmt::format("{}", fmt::join(parts, ", "));
}

// The one that weighs most, for the colour.
static const model::Judgement* worst_of(const Repetitions& cells) {
  const auto found =
      std::ranges::find_if(cells, [](const CellResult* cell) { return !cell->judgement.expected; });
  return &(found == cells.end() ? cells.front() : *found)->judgement;
}

static Grid arrange_verdicts(const RunReport& report) {
  Grid grid{.corner = "case"};
  for (const Repetitions& cells : repetitions_in(report.cells))
    grid.put(printable(name_of(*cells.front())), column_of(report, *cells.front()),
             {text_of(cells), worst_of(cells)});
  return grid;
}

// Where most cases run on few kernels only, a table is mostly dashes, and wider than any screen.
static bool is_sparse(const Grid& grid) {
  return grid.entries.size() * 2 < grid.rows.size() * grid.columns.size();
}

static Grid arrange_cells(const RunReport& report) {
  Grid grid{.corner = "cell"};
  for (const Repetitions& cells : repetitions_in(report.cells))
    grid.put(printable(fmt::format("{}/{}/{}", cells.front()->kernel, cells.front()->topology,
                                   name_of(*cells.front()))),
             {"verdict", "verdict"}, {text_of(cells), worst_of(cells)});
  return grid;
}

// By name and unit, of the repetitions that prove them (compare/proven.hpp); sorted.
static std::map<std::pair<std::string, std::string>, std::vector<double>> figures_of(
    const Repetitions& cells) {
  std::map<std::pair<std::string, std::string>, std::vector<double>> figures;
  for (const CellResult* cell : cells)
    for (const model::Metric& metric : compare::proven(*cell).metrics)
      figures[{metric.name, metric.unit}].push_back(metric.value);
  for (auto& [name, values] : figures)
    std::ranges::sort(values);
  return figures;
}

// "643"; of repetitions the median, the least and the most, and how many they are: "643 [640 702]
// of 5".
static std::string figure_text(const std::vector<double>& values) {
  if (values.size() == 1) return number(values.front());
  return fmt::format("{} [{} {}] of {}", number(stats::median(values)), number(values.front()),
                     number(values.back()), values.size());
}

static Grid arrange_metrics(const RunReport& report) {
  Grid grid{.corner = "metric"};
  const auto wanted = [&](const std::string& name) {
    return std::any_of(report.plan.metrics.begin(), report.plan.metrics.end(),
                       [&](const std::string& glob) { return util::glob_match(glob, name); });
  };
  for (const Repetitions& cells : repetitions_in(report.cells))
    for (const auto& [name, values] : figures_of(cells))
      if (wanted(name.first))
        grid.put(fmt::format("{} {} ({})", printable(name_of(*cells.front())),
                             printable(name.first), printable(name.second)),
                 column_of(report, *cells.front()), {figure_text(values)});
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
  return out.empty() ? ""
                     : "Attempts that do not count, as QEMU's TCG may have failed and no kernel; "
                       "the next one counts:\n" +
                           out;
}

std::string render_totals(const RunReport& report, const Style&) {
  std::map<std::pair<model::Verdict, bool>, std::pair<std::string, std::size_t>> counts;
  std::size_t unexpected = 0, reused = 0, skipping = 0, skipped = 0, discounted = 0;
  for (const auto& cell : report.cells) {
    auto& [text, count] = counts[{cell.judgement.verdict, !cell.judgement.expected}];
    text = verdict_text(cell.judgement);
    ++count;
    unexpected += !cell.judgement.expected;
    reused += cell.reused;
    discounted += cell.discounted.size();
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
  if (discounted > 0)
    out += fmt::format("; {} did not count", util::format_count(discounted, "attempt"));
  if (reused > 0) out += fmt::format(" ({} kept from an earlier run)", reused);
  const auto flaky = std::ranges::count_if(repetitions_in(report.cells), disagree);
  if (flaky > 0) out += fmt::format("; {} flaky", flaky);
  const bool whole = report.planned <= report.cells.size();
  if (!whole) out += fmt::format("; {} did not run", report.planned - report.cells.size());
  if (report.interrupted)
    return out + (unexpected > 0 ? fmt::format(". {} unexpected", unexpected) : "") +
           ". Interrupted.\n";
  if (unexpected > 0) return out + fmt::format(". {} unexpected.\n", unexpected);
  return out + (whole ? ". Everything as expected.\n" : ".\n");
}

std::string render_summary(const RunReport& report, const Style& style) {
  const std::string notes = render_notes(report, style);
  const auto part = [](const std::string& text) { return text.empty() ? text : text + "\n"; };
  return part(render_table(report, style)) + part(render_metrics(report, style)) + part(notes) +
         part(render_skips(report)) + part(render_discounted(report)) +
         render_totals(report, style);
}

}  // namespace kproof::report
