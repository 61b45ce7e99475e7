#include "page/series.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "page/cell.hpp"
#include "report/series.hpp"

namespace kproof::page {
using series::Change;
using series::Matrix;

static const char* css_of(Change change) {
  switch (change) {
    case Change::fixed:
      return "good";
    case Change::introduced:
    case Change::lost:
      return "bad";
    case Change::changed:
    case Change::flaky:
      return "odd";
    default:
      return "";
  }
}

// A column for each of these, of a case or of a metric.
template <class Columns>
static Element add_rows_for(const Element& body, std::string_view label, const Matrix& matrix,
                            const Columns& columns) {
  std::vector<std::string> heads{"patch"};
  for (const auto& column : columns)
    heads.push_back(title_of(matrix, column));
  return add_table(body, label, heads);
}

static Element add_row(const Element& rows, const Matrix& matrix, std::size_t row) {
  const Element line = rows.add("tr");
  const Element head = line.add("th");
  head.text(series::number_of(matrix.rows, row) + " ");
  if (!matrix.rows[row].unbuilt.empty()) head.add("strong", "bad", "DOES NOT BUILD: ");
  head.text(matrix.rows[row].subject);
  return line;
}

// The first one that tells most: an unexpected one, if there is any.
static const model::CellResult* cell_of(const report::RunReport& report, const std::string& kernel,
                                        const series::Column& column) {
  const model::CellResult* found = nullptr;
  for (const model::CellResult& cell : report.cells) {
    if (cell.kernel != kernel || cell.topology != column.topology || cell.test != column.test)
      continue;
    if (!found || (found->judgement.expected && !cell.judgement.expected)) found = &cell;
  }
  return found;
}

static void add_changes(const Element& body, const report::RunReport& report,
                        const std::string& run) {
  const Matrix& matrix = *report.series;
  const Element rows = add_rows_for(body, "changes", matrix, matrix.columns);
  for (std::size_t row = 0; row < matrix.rows.size(); ++row) {
    const Element line = add_row(rows, matrix, row);
    for (const series::Column& column : matrix.columns) {
      const series::Entry& entry = column.entries[row];
      const char* css = css_of(entry.change);
      const Element place = line.add("td", css);
      const std::string text = report::text_of(entry, row);
      if (const auto* cell = cell_of(report, matrix.rows[row].kernel, column))
        place.add("a", css, text).set("href", "#" + anchor_of(*cell, run));
      else
        place.text(text);
    }
  }
  const Element last = rows.add("tr");
  last.add("th", "", "first change");
  for (const series::Column& column : matrix.columns) {
    const auto first = column.first_change;
    last.add("td", "",
             first ? series::culprits(matrix.rows, *first, column.entries[*first].against) : "-");
  }
}

static void add_medians(const Element& body, const Matrix& matrix) {
  if (matrix.metrics.empty()) return;
  const Element rows = add_rows_for(body, "figures", matrix, matrix.metrics);
  for (std::size_t row = 0; row < matrix.rows.size(); ++row) {
    const Element line = add_row(rows, matrix, row);
    for (const series::MetricColumn& column : matrix.metrics) {
      const series::Figures& figures = column.figures[row];
      const Element place = line.add("td", "", report::text_of(figures, column.unit));
      if (!figures.difference) continue;
      place.add("br");
      place.add("span", "soft",
                fmt::format("by {} [{} {}]", report::number(figures.difference->value),
                            report::number(figures.difference->least),
                            report::number(figures.difference->most)));
    }
  }
  body.add("p", "soft",
           "median [least most]; by: the difference of the medians, with 99 % in those limits");
}

void add_series(const Element& body, const report::RunReport& report, const std::string& run) {
  if (!report.series || report.series->rows.empty()) return;
  body.add("h2", "", "What each patch changed");
  add_changes(body, report, run);
  add_medians(body, *report.series);
  for (const series::Row& row : report.series->rows) {
    if (row.unbuilt.empty()) continue;
    body.add("h3", "bad", row.subject + " does not build");
    body.add("pre", "", row.unbuilt);
  }
  const Element words = body.add("details");
  words.add("summary", "", "the same in words");
  words.add("pre", "", report::render_matrix(*report.series, {.width = 140}));
  words.add("pre", "", report::render_changes(report, {}));
}

}  // namespace kproof::page
