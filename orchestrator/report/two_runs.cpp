#include "report/two_runs.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/encode.hpp"
#include "report/figures.hpp"
#include "util/units.hpp"

namespace kproof::report {
using compare::Trend;
using series::Became;
using series::Change;
using series::Column;
using series::Entry;
using series::MetricColumn;
using series::TwoRuns;

// "gone" and "added" beside the words of the matrix; a comparison that says nothing is "unknown".
static std::string word_of(const TwoRuns& runs, const Column& column) {
  switch (became(runs, column)) {
    case Became::gone:
      return "gone";
    case Became::added:
      return "added";
    case Became::left_out:
      return "left out";
    case Became::compared:
      break;
  }
  return std::string(to_string(column.entries[1].change));
}

static std::vector<std::string> told(const std::vector<compare::Sign>& signs, const char* word) {
  std::vector<std::string> lines;
  for (const compare::Sign& sign : signs)
    lines.push_back(fmt::format("    {} {}\n", word, printable(to_string(sign))));
  return lines;
}

static std::string signs_of(const Entry& now) {
  std::vector<std::string> lines = told(now.gone, "no more:");
  std::ranges::copy(told(now.appeared, "new:"), std::back_inserter(lines));
  for (const std::string& name : now.absent)
    lines.push_back(fmt::format("    not there: {}\n", printable(name)));
  return fmt::format("{}", fmt::join(lines, ""));
}

static std::string verdict_or(const Entry& entry) {
  return entry.verdict.empty() ? "did not run" : entry.verdict;
}

static std::string text_of_column(const TwoRuns& runs, const Column& column, const Style& style) {
  const Entry &before = column.entries[0], &now = column.entries[1];
  const Became what = became(runs, column);
  const Change colour = what == Became::gone ? Change::lost : now.change;
  std::string out = fmt::format("{} {}: {} -> {}\n", tint(word_of(runs, column), colour, style),
                                printable(cell_of(column)), verdict_or(before), verdict_or(now));
  if (what != Became::compared) return out;
  if (now.change != Change::fixed && !now.reason.empty())
    out += fmt::format("    {}\n", printable(now.reason));
  return out + (now.change == Change::flaky ? "" : signs_of(now));
}

static std::string counted_text(const series::Figures& f) {
  return f.is_noise() ? below_noise(*f.noise) : counted_spread(f.values);
}

std::string text_of_figures(const MetricColumn& column) {
  const series::Figures &before = column.figures[0], &now = column.figures[1];
  std::string out =
      fmt::format("{} {}/{} {} ({}): {} -> {}\n", to_string(now.trend), printable(column.topology),
                  printable(column.test), printable(column.metric), printable(column.unit),
                  counted_text(before), counted_text(now));
  if (now.difference)
    out += fmt::format("    median {:+.4g}, with 99 % between {:+.4g} and {:+.4g}\n",
                       now.difference->value, now.difference->least, now.difference->most);
  return out;
}

static bool is_told(const TwoRuns& runs, const Column& column) {
  const Became what = became(runs, column);
  if (what == Became::compared) return column.entries[1].change != Change::unchanged;
  return what != Became::left_out;
}

// "3 cells are not compared, as B ran a part of its plan"
static std::string text_of_left_out(const TwoRuns& runs) {
  const auto count = std::ranges::count_if(runs.matrix.columns, [&](const Column& column) {
    return became(runs, column) == Became::left_out;
  });
  if (count == 0) return "";
  return fmt::format("{} not compared, as {} ran a part of its plan\n",
                     util::format_count(static_cast<std::size_t>(count), "cell is", "cells are"),
                     runs.part_of_a && runs.part_of_b ? "each"
                     : runs.part_of_a                 ? "A"
                                                      : "B");
}

static bool changed(const MetricColumn& column) {
  const Trend trend = column.figures[1].trend;
  return trend == Trend::less || trend == Trend::more || trend == Trend::other_unit;
}

static std::size_t too_few(const TwoRuns& runs) {
  return static_cast<std::size_t>(std::ranges::count_if(
      runs.matrix.metrics,
      [](const MetricColumn& column) { return column.figures[1].trend == Trend::too_few; }));
}

static std::string conclusion(const TwoRuns& runs, std::size_t told) {
  const auto& matrix = runs.matrix;
  const auto figures = static_cast<std::size_t>(std::ranges::count_if(matrix.metrics, changed));
  std::string out = told + figures + runs.apart.size() == 0
                        ? "Nothing changed"
                        : fmt::format("{} of {} changed", told,
                                      util::format_count(matrix.columns.size(), "cell"));
  const std::size_t comparisons = comparisons_in(matrix);
  if (comparisons > 0)
    out += fmt::format("; {} of {} changed", figures, util::format_count(comparisons, "figure"));
  if (const std::size_t few = too_few(runs); few > 0)
    out +=
        fmt::format(", and of {} there are too few to say: {} repetitions of each run are enough",
                    few, compare::enough(comparisons));
  return out + ".\n";
}

std::string render_two_runs(const TwoRuns& runs, const RunNames& names, const Style& style) {
  std::string out = fmt::format("A: {}\nB: {}\n", printable(names.a), printable(names.b));
  if (!runs.paired.empty())
    out += fmt::format("These kernels are compared, though their names differ: {}\n",
                       printable(runs.paired));
  out += "\n";
  std::size_t told = 0;
  for (const Column& column : runs.matrix.columns)
    if (is_told(runs, column)) {
      out += text_of_column(runs, column, style);
      ++told;
    }
  out += text_of_left_out(runs);
  for (const series::Apart& one : runs.apart)
    out += fmt::format("not comparable {}: {}\n", printable(one.cell), printable(one.why));
  for (const MetricColumn& column : runs.matrix.metrics)
    if (changed(column)) out += text_of_figures(column);
  if (!runs.figures_apart.empty())
    out += fmt::format("figures are not comparable: {}\n", printable(runs.figures_apart));
  if (!out.ends_with("\n\n")) out += "\n";
  return out + conclusion(runs, told);
}

static Json encode_column(const TwoRuns& runs, const Column& column) {
  const auto texts = [](const std::vector<compare::Sign>& signs) {
    Json list = Json::array();
    for (const compare::Sign& sign : signs)
      list.push_back(to_string(sign));
    return list;
  };
  const Entry& now = column.entries[1];
  return {{"cell", cell_of(column)},
          {"change", word_of(runs, column)},
          {"worse", worse(runs, column) == series::Worse::yes},
          {"host", worse(runs, column) == series::Worse::host},
          {"before", column.entries[0].verdict},
          {"now", now.verdict},
          {"reason", now.reason},
          {"gone", texts(now.gone)},
          {"appeared", texts(now.appeared)},
          {"absent", now.absent}};
}

static Json encode_figures(const MetricColumn& column) {
  const series::Figures &before = column.figures[0], &now = column.figures[1];
  Json json{{"cell", fmt::format("{}/{}", column.topology, column.test)},
            {"metric", column.metric},
            {"unit", column.unit},
            {"trend", to_string(now.trend)},
            {"worse", is_worse(column)},
            {"least_change", column.least_change},
            {"before", before.values},
            {"now", now.values},
            {"difference", nullptr}};
  if (now.difference)
    json["difference"] = {{"median", now.difference->value},
                          {"least", now.difference->least},
                          {"most", now.difference->most}};
  return json;
}

std::string two_runs_to_json(const TwoRuns& runs, const RunNames& names) {
  Json json{{"schema", kSchema},
            {"kind", "compare"},
            {"a", names.a},
            {"b", names.b},
            {"cells", Json::array()},
            {"not_comparable", Json::array()},
            {"figures_not_comparable", runs.figures_apart},
            {"metrics", Json::array()}};
  for (const Column& column : runs.matrix.columns)
    json["cells"].push_back(encode_column(runs, column));
  for (const series::Apart& one : runs.apart)
    json["not_comparable"].push_back({{"cell", one.cell}, {"why", one.why}});
  for (const MetricColumn& column : runs.matrix.metrics)
    json["metrics"].push_back(encode_figures(column));
  return dump(json);
}

}  // namespace kproof::report
