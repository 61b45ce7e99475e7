#include "report/tables.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "report/grid.hpp"
#include "report/repetitions.hpp"
#include "report/summary.hpp"
#include "stats/ranks.hpp"
#include "util/names.hpp"
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
    grid.put(printable(fmt::format("{}/{}/{}", cells.front()->kernel, cells.front()->topology,
                                   name_of(*cells.front()))),
             {"verdict", "verdict"}, entry_of(cells));
  return grid;
}

using Figures = std::map<std::pair<std::string, std::string>, std::vector<double>>;

// By name and unit, of the repetitions that prove them (compare/proven.hpp); sorted.
static Figures figures_of(const Repetitions& cells) {
  Figures figures;
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

// "< 2196 noise" for what is not above that of the same measurement in idleness.
static std::string figure_text(const Figures& all, const Figures::value_type& figure) {
  const auto& [name, values] = figure;
  const auto idle = all.find({model::idle_name(name.first), name.second});
  if (idle == all.end() || stats::median(values) > stats::median(idle->second))
    return figure_text(values);
  return fmt::format("< {} noise", number(stats::median(idle->second)));
}

static Grid arrange_metrics(const RunReport& report) {
  Grid grid{.corner = "metric", .across = "kernel"};
  const auto wanted = [&](const std::string& name) {
    return std::any_of(report.plan.metrics.begin(), report.plan.metrics.end(),
                       [&](const auto& watched) { return util::glob_match(watched.name, name); });
  };
  for (const Repetitions& cells : repetitions_in(report.cells)) {
    const Figures figures = figures_of(cells);
    for (const auto& figure : figures)
      if (const auto& [name, unit] = figure.first; wanted(name))
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
