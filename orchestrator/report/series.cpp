#include "report/series.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <fmt/format.h>

#include "report/figures.hpp"
#include "util/units.hpp"

namespace kproof::report {
using compare::Sign;
using compare::Trend;
using series::Change;
using series::Entry;
using series::Matrix;

static std::string subject_of(const series::Row& row) {
  return printable(row.subject);
}

std::string figure_text(const series::Figures& f) {
  return f.is_noise() ? below_noise(*f.noise) : spread(f.values);
}

// "58 times less"; without a ratio only the word.
static std::string trend_text(const series::Figures& before, const series::Figures& now) {
  const double a = before.median(), b = now.median();
  if (a <= 0 || b <= 0) return std::string(to_string(now.trend));
  return fmt::format("{:.3g} times {}", std::max(a, b) / std::min(a, b), to_string(now.trend));
}

static std::string because_of(const Matrix& matrix, std::size_t row, const Entry& entry) {
  const bool shared = entry.against && *entry.against + 1 < row;
  return shared ? fmt::format(" (by {})", culprits(matrix.rows, row, entry.against)) : "";
}

static void list(std::string& out, const char* word, const std::vector<std::string>& items) {
  constexpr std::size_t kShown = 8;
  for (std::size_t i = 0; i < items.size() && i < kShown; ++i)
    out += fmt::format("    {} {}\n", word, printable(items[i]));
  if (items.size() > kShown)
    out += fmt::format("    {} ... and {} more\n", word, items.size() - kShown);
}

static std::string log_of(const RunReport& report, const std::string& kernel,
                          const series::Column& column) {
  for (const auto& cell : report.cells)
    if (cell.kernel == kernel && cell.topology == column.topology && cell.test == column.test &&
        !cell.judgement.expected && cell.files.contains("console"))
      return fmt::format("    log: {}\n", (report.directory / cell.files.at("console")).string());
  return "";
}

static bool is_skip(const Sign& sign) {
  return sign.kind == Sign::Kind::skipped;
}

// Nothing can be said where a subtest was skipped on one side: that much is.
static bool is_told(const Entry& entry) {
  if (!entry.against || entry.change == Change::unchanged) return false;
  return entry.change != Change::unknown || std::ranges::any_of(entry.gone, is_skip) ||
         !entry.appeared.empty() || !entry.absent.empty();
}

static std::vector<std::string> texts(const std::vector<Sign>& signs) {
  std::vector<std::string> texts;
  for (const Sign& sign : signs)
    texts.push_back(to_string(sign));
  return texts;
}

static std::string change_text(const RunReport& report, std::size_t row,
                               const series::Column& column, const Style& style) {
  const Matrix& matrix = *report.series;
  const Entry& entry = column.entries[row];
  if (!is_told(entry)) return "";
  std::string out =
      fmt::format("  {} {}: {} -> {}{}\n", tint(to_string(entry.change), entry.change, style),
                  title_of(matrix, column), column.entries[*entry.against].verdict, entry.verdict,
                  because_of(matrix, row, entry));
  if (entry.change == Change::lost) out += fmt::format("    {}\n", printable(entry.reason));
  if (entry.change != Change::flaky) list(out, "no more:", texts(entry.gone));
  list(out, "new:", texts(entry.appeared));
  list(out, "not there:", entry.absent);
  if (entry.change != Change::fixed) out += log_of(report, matrix.rows[row].kernel, column);
  return out;
}

static std::string metric_changes(const Matrix& matrix, std::size_t row) {
  std::string out;
  for (const auto& column : matrix.metrics) {
    const series::Figures& now = column.figures[row];
    if (now.trend != Trend::less && now.trend != Trend::more) continue;
    const series::Figures& before = column.figures[*now.against];
    out += fmt::format("  {}: {} -> {}, {}\n", printable(title_of(matrix, column)),
                       figure_text(before), figure_text(now), trend_text(before, now));
  }
  return out;
}

static std::string quoted(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);)
    out += fmt::format("  | {}\n", printable(line));
  return out;
}

std::string render_changes(const RunReport& report, const Style& style) {
  const Matrix& matrix = *report.series;
  std::string out;
  for (std::size_t row = 0; row < matrix.rows.size(); ++row) {
    std::string text;
    if (!matrix.rows[row].unbuilt.empty())
      text += "  " + tint("does not build", Change::introduced, style) + "\n" +
              quoted(matrix.rows[row].unbuilt);
    for (const auto& column : matrix.columns)
      text += change_text(report, row, column, style);
    text += metric_changes(matrix, row);
    if (!text.empty())
      out += fmt::format("{}{} {}\n{}", out.empty() ? "" : "\n", number_of(matrix.rows, row),
                         subject_of(matrix.rows[row]), text);
  }
  return out;
}

static std::size_t count(const Matrix& matrix, Change change) {
  std::size_t n = 0;
  for (const auto& column : matrix.columns)
    for (const Entry& entry : column.entries)
      n += entry.change == change && entry.against.has_value();
  return n;
}

std::string render_series_verdict(const RunReport& report, const Style& style) {
  const Matrix& matrix = *report.series;
  const std::size_t patches = matrix.rows.size() - 1;
  std::string out = fmt::format("{}, {}: {} fixed, {} introduced, {} changed, {} lost",
                                util::format_count(patches, "patch", "patches"),
                                util::format_count(matrix.columns.size(), "column"),
                                count(matrix, Change::fixed), count(matrix, Change::introduced),
                                count(matrix, Change::changed), count(matrix, Change::lost));
  const auto kept = std::count_if(report.cells.begin(), report.cells.end(),
                                  [](const auto& cell) { return cell.reused; });
  out += "; " + util::format_count(report.cells.size(), "cell");
  if (kept > 0) out += fmt::format(" ({} kept from an earlier run)", kept);
  if (report.interrupted) return out + ". Interrupted.\n";
  if (matrix.clean()) return out + ". " + tint("Clean", Change::fixed, style) + ".\n";
  out += ". " + tint("Not clean", Change::introduced, style) + ":\n";
  for (const series::Problem& problem : matrix.problems)
    out += "  " + printable(problem.text) + "\n";
  return out;
}

std::string render_series(const RunReport& report, const Style& style) {
  const std::string changes = render_changes(report, style);
  return render_matrix(*report.series, style) + "\n" + changes + (changes.empty() ? "" : "\n") +
         render_series_verdict(report, style);
}

}  // namespace kproof::report
