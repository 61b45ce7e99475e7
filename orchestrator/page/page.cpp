#include "page/page.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "compare/proven.hpp"
#include "page/cell.hpp"
#include "page/chart.hpp"
#include "page/element.hpp"
#include "page/style.hpp"
#include "report/repetitions.hpp"
#include "report/series.hpp"
#include "report/summary.hpp"
#include "report/tables.hpp"
#include "stats/ranks.hpp"
#include "util/names.hpp"

namespace kproof::page {
using model::CellResult;
using report::RunReport;

static bool is_plain(const CellResult& cell) {
  return cell.judgement.expected && cell.judgement.verdict == model::Verdict::pass;
}

static std::size_t unexpected_in(const RunReport& report) {
  return static_cast<std::size_t>(std::ranges::count_if(
      report.cells, [](const CellResult& cell) { return !cell.judgement.expected; }));
}

// What a reader sees first.
static void add_head(const Element& body, const RunReport& report) {
  body.add("h1", "", fmt::format("{}", report.plan.name));
  const bool bad = report.series ? !report.series->clean() : unexpected_in(report) > 0;
  const bool open = report.cells.size() < report.planned;
  std::string totals =
      report.series ? report::render_series_verdict(report, {}) : report::render_totals(report);
  totals.erase(totals.find_last_not_of('\n') + 1);
  body.add("p",
           std::string("verdict ") + (bad    ? "bad"
                                      : open ? "odd"
                                             : "good"),
           fmt::format("{} {}",
                       bad    ? "✗"
                       : open ? "?"
                              : "✓",
                       totals));
  const model::HostFacts& host = report.host;
  body.add("p", "soft",
           fmt::format("{} to {}, on {}, {}", report.started, report.ended, host.hostname,
                       host.accel == model::Accel::kvm ? "KVM" : "TCG: " + host.accel_reason));
}

static void add_matrix(const Element& body, const RunReport& report) {
  const report::Grid grid = report::verdicts_of(report);
  if (grid.rows.empty()) return;
  const Element table = body.add("div", "wide").add("table");
  const Element heads = table.add("thead").add("tr");
  heads.add("th", "", grid.corner);
  for (const auto& column : grid.columns)
    heads.add("th", "", column.title);
  const Element rows = table.add("tbody");
  for (const std::string& row : grid.rows) {
    const Element line = rows.add("tr");
    line.add("th", "", row);
    for (const auto& column : grid.columns) {
      const report::Grid::Entry entry = grid.at(row, column);
      if (!entry.cell) {
        line.add("td", "soft", entry.text);
        continue;
      }
      const model::Judgement& judgement = entry.cell->judgement;
      const Element place = line.add("td", css_of(judgement));
      const std::string text = fmt::format("{} {}", sign_of(judgement), entry.text);
      if (is_plain(*entry.cell))
        place.text(text);
      else
        place.add("a", css_of(judgement), text).set("href", "#" + anchor_of(*entry.cell));
    }
  }
}

// As the terminal has it: what each patch changed is a table of words.
static void add_series(const Element& body, const RunReport& report) {
  if (!report.series || report.series->rows.empty()) return;
  body.add("h2", "", "What each patch changed");
  body.add("pre", "", report::render_matrix(*report.series, {.width = 140}));
  for (const series::Row& row : report.series->rows) {
    if (row.unbuilt.empty()) continue;
    body.add("h3", "bad", row.subject + " does not build");
    body.add("pre", "", row.unbuilt);
  }
}

static void add_axes(const Element& body, const RunReport& report) {
  const std::string text = report::render_axes(report);
  if (text.empty()) return;
  body.add("h2", "", "What goes with which values");
  body.add("pre", "", text.substr(text.find('\n') + 1));
}

static void add_cells(const Element& body, const RunReport& report, const ReadFile& read) {
  Budget budget;
  const auto add = [&](std::string_view title, auto wanted) {
    bool any = false;
    for (const CellResult& cell : report.cells) {
      if (!wanted(cell)) continue;
      if (!std::exchange(any, true)) body.add("h2", "", title);
      add_cell(body, report, cell, read, budget);
    }
  };
  add("Unexpected", [](const CellResult& cell) { return !cell.judgement.expected; });
  add("As expected, and no pass",
      [](const CellResult& cell) { return cell.judgement.expected && !is_plain(cell); });
}

namespace {
// Figures of one name of the repetitions of a cell.
struct Samples {
  std::string cell;
  std::vector<double> values;
};
}  // namespace

static std::map<std::pair<std::string, std::string>, std::vector<Samples>> samples_of(
    const RunReport& report) {
  std::map<std::pair<std::string, std::string>, std::vector<Samples>> figures;
  for (const report::Repetitions& cells : report::repetitions_in(report.cells)) {
    std::map<std::pair<std::string, std::string>, Samples> own;
    for (const CellResult* cell : cells)
      for (const model::Metric& metric : compare::proven(*cell).metrics)
        if (std::isfinite(metric.value))
          own[{metric.name, metric.unit}].values.push_back(metric.value);
    for (auto& [name, samples] : own) {
      samples.cell = cells.front()->id;
      figures[name].push_back(std::move(samples));
    }
  }
  return figures;
}

// Those that the plan names. One axis for all cells, so that they can be compared by eye.
static void add_figures(const Element& body, const RunReport& report) {
  bool any = false;
  for (const auto& [name, cells] : samples_of(report)) {
    if (std::ranges::none_of(report.plan.metrics, [&](const model::WatchedMetric& watched) {
          return util::glob_match(watched.name, name.first);
        }))
      continue;
    if (!std::exchange(any, true)) body.add("h2", "", "Figures");
    double least = cells.front().values.front(), most = least;
    for (const Samples& samples : cells)
      for (const double value : samples.values)
        least = std::min(least, value), most = std::max(most, value);
    body.add("h3", "", fmt::format("{} ({})", name.first, name.second));
    const Element table = body.add("div", "wide").add("table");
    for (const Samples& samples : cells) {
      const Element row = table.add("tr");
      row.add("td", "", samples.cell);
      const std::string median = report::number(stats::median(samples.values));
      row.add("td", "", fmt::format("{} of {}", median, samples.values.size()));
      add_dots(row.add("td"), samples.values, least, most,
               fmt::format("median {} {}", median, name.second));
    }
    body.add("p", "soft",
             fmt::format("axis: {} to {} {}; the line is the median", report::number(least),
                         report::number(most), name.second));
  }
}

static void add_host(const Element& body, const RunReport& report) {
  const model::HostFacts& host = report.host;
  body.add("h2", "", "Host");
  const Element list = body.add("dl");
  const auto add = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    list.add("dt", "", name);
    list.add("dd", "", value);
  };
  add("kernel", host.kernel);
  add("system", host.os);
  add("CPU", fmt::format("{}, {} cores", host.cpu, host.cores));
  add("QEMU", host.qemu);
  add("libvirt", host.libvirt + (host.connection.empty() ? "" : ", " + host.connection));
  add("plan", report.plan.file.string());
}

std::string html(const RunReport& report, const ReadFile& read) {
  const Document document(report.plan.name + " - kproof", kStyle);
  const Element body = document.body();
  add_head(body, report);
  add_matrix(body, report);
  add_series(body, report);
  add_axes(body, report);
  add_cells(body, report, read);
  add_figures(body, report);
  add_host(body, report);
  return document.html();
}

}  // namespace kproof::page
