#include "page/page.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "page/cell.hpp"
#include "page/element.hpp"
#include "page/figures.hpp"
#include "page/logs.hpp"
#include "page/matrix.hpp"
#include "page/runs.hpp"
#include "page/series.hpp"
#include "report/repetitions.hpp"
#include "report/series.hpp"
#include "report/summary.hpp"
#include "report/tables.hpp"

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
  body.add("h1", "", report.plan.name);
  const bool bad = report.series ? !report.series->clean() : unexpected_in(report) > 0;
  const bool open = report.cells.size() < report.planned;
  std::string totals =
      report.series ? report::render_series_verdict(report, {}) : report::render_totals(report);
  totals.erase(totals.find_last_not_of('\n') + 1);
  add_verdict(body, bad ? kBad : open ? kOdd : kGood, totals);
  const model::HostFacts& host = report.host;
  body.add("p", "soft",
           fmt::format("{} to {}, on {}, {}", report.started, report.ended, host.hostname,
                       host.accel == model::Accel::kvm ? "KVM" : "TCG: " + host.accel_reason));
}

static void add_axes(const Element& body, const RunReport& report) {
  const std::string text = report::render_axes(report);
  if (text.empty()) return;
  body.add("h2", "", "What goes with which values");
  body.add("pre", "", text.substr(text.find('\n') + 1));
}

static std::set<const CellResult*> flaky_in(const RunReport& report) {
  std::set<const CellResult*> flaky;
  for (const report::Repetitions& cells : report::repetitions_in(report.cells))
    if (report::disagree(cells)) flaky.insert(cells.begin(), cells.end());
  return flaky;
}

static void add_cells(const Element& body, const Surroundings& around) {
  const std::vector<CellResult>& cells = around.report.cells;
  const auto add = [&](std::string_view title, auto wanted) {
    std::optional<Element> section;
    for (const CellResult& cell : cells) {
      if (!wanted(cell)) continue;
      if (!section) section.emplace(body.add("section", "cells")).add("h2", "", title);
      add_cell(*section, cell, around);
    }
  };
  add("Unexpected", [](const CellResult& cell) { return !cell.judgement.expected; });
  add("As expected, and no pass",
      [](const CellResult& cell) { return cell.judgement.expected && !is_plain(cell); });
  add("Passed", is_plain);
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

// All of a run, but for its head.
static void add_run(const Element& body, const Surroundings& around) {
  const RunReport& report = around.report;
  add_matrix(body, report::verdicts_of(report), [&](const auto&) { return around.run; });
  add_series(body, report, around.run);
  add_axes(body, report);
  add_cells(body, around);
  add_figures(body, report);
  add_host(body, report);
}

// How many bytes of logs each cell may show as they are: of plain passes there are none.
static std::size_t text_of_each(const std::vector<Run>& runs) {
  constexpr std::size_t kText = 8u << 20, kTextOfCell = 32u << 10;
  std::size_t telling = 1;
  for (const Run& run : runs)
    for (const CellResult& cell : run.report.cells)
      telling += !is_plain(cell);
  return std::min(kTextOfCell, kText / telling);
}

static std::string with_logs(const Document& document, const std::vector<Run>& runs,
                             const ReadFile& read) {
  constexpr std::size_t kMost = 24u << 20;  // bytes of a page
  std::string page = document.html();
  std::vector<LoggedCell> cells;
  for (const Run& run : runs)
    for (const CellResult& cell : run.report.cells) {
      const auto good = run.last_good.find(cell.id);
      cells.push_back({&cell, good == run.last_good.end() ? nullptr : &good->second});
    }
  // Beside a page that is that large without logs these are left out.
  if (page.size() < kMost) add_data(page, data_of_logs(cells, read, kMost - page.size()));
  return page;
}

std::string html(const std::vector<Run>& runs, const ReadFile& read) {
  constexpr std::size_t kUnfolded = 20;
  const bool one = runs.size() == 1;
  const Document document(one ? runs.front().report.plan.name + " - kproof"
                              : fmt::format("{} runs - kproof", runs.size()));
  const Element body = document.body();
  std::set<std::string> differing;
  if (!one) add_comparison(body, runs, differing = groups_that_differ(runs));
  const std::size_t text = text_of_each(runs);
  std::size_t unexpected = 0;
  for (const Run& run : runs)
    unexpected += unexpected_in(run.report);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const RunReport& report = runs[i].report;
    add_head(body, report);
    if (one) body.add("div").set("id", "filter");
    add_run(body, {.report = report,
                   .last_good = runs[i].last_good,
                   .read = read,
                   .run = one ? "" : fmt::format("{}/", i + 1),
                   .flaky = flaky_in(report),
                   .differing = differing,
                   .text = text,
                   .unfolded = unexpected <= kUnfolded});
  }
  return with_logs(document, runs, read);
}

}  // namespace kproof::page
