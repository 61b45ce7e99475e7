#include "report/tables.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/figures.hpp"
#include "report/grid.hpp"
#include "report/summary.hpp"
#include "stats/ranks.hpp"
#include "util/units.hpp"

namespace kproof::report {
using model::CellResult;

static Grid::Column column_of(const RunReport& report, const CellResult& cell) {
  const bool topologies = report.plan.topologies.size() > 1;
  return {cell.kernel + "/" + cell.topology,
          printable(cell.kernel_label) + (topologies ? " / " + printable(cell.topology) : "")};
}

static std::vector<std::string> texts_of(const Repetitions& cells) {
  std::vector<std::string> texts;
  for (const CellResult* cell : cells)
    texts.push_back(verdict_text(*cell));
  return texts;
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
static const CellResult* worst_of(const Repetitions& cells) {
  const auto found =
      std::ranges::find_if(cells, [](const CellResult* cell) { return !cell->judgement.expected; });
  return found == cells.end() ? cells.front() : *found;
}

Grid::Entry entry_of(const Repetitions& cells) {
  return {text_of(cells), worst_of(cells)};
}

static Grid arrange_verdicts(const RunReport& report) {
  Grid grid{.corner = "case", .across = "kernel"};
  for (const Repetitions& cells : repetitions_in(report.cells))
    grid.put(printable(name_of(*cells.front())), column_of(report, *cells.front()),
             entry_of(cells));
  return grid;
}

// Where most cases run on few kernels only, a table is mostly dashes, and wider than any screen.
static bool is_sparse(const Grid& grid) {
  return grid.entries.size() * 2 < grid.rows.size() * grid.columns.size();
}

static Grid arrange_cells(const RunReport& report) {
  Grid grid{.corner = "cell", .across = ""};
  for (const Repetitions& cells : repetitions_in(report.cells))
    grid.put(printable(full_name_of(*cells.front())), {"verdict", "verdict"}, entry_of(cells));
  return grid;
}

static std::string figure_text(const Figures& all, const Figures::value_type& figure) {
  const auto& [name, values] = figure;
  const auto idle = all.find({model::idle_name(name.first), name.second});
  if (idle == all.end() || stats::median(values) > stats::median(idle->second))
    return counted_spread(values);
  return below_noise(stats::median(idle->second));
}

static Grid arrange_metrics(const RunReport& report) {
  Grid grid{.corner = "metric", .across = "kernel"};
  for (const Repetitions& cells : repetitions_in(report.cells)) {
    const Figures figures = figures_of(cells);
    for (const auto& figure : figures)
      if (const auto& [name, unit] = figure.first; is_watched(report, name))
        grid.put(fmt::format("{} {} ({})", printable(name_of(*cells.front())), printable(name),
                             printable(unit)),
                 column_of(report, *cells.front()), {figure_text(figures, figure)});
  }
  return grid;
}

Grid verdicts_of(const RunReport& report) {
  Grid grid = arrange_verdicts(report);
  return is_sparse(grid) ? arrange_cells(report) : grid;
}

std::string render_table(const RunReport& report, const Style& style) {
  return render(verdicts_of(report), style);
}

std::string render_metrics(const RunReport& report, const Style& style) {
  const Grid grid = arrange_metrics(report);
  return grid.rows.empty() ? "" : render(grid, style);
}

}  // namespace kproof::report
