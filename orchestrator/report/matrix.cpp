// The table of report/series.hpp.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/series.hpp"
#include "util/units.hpp"

namespace kproof::report {
using series::Change;
using series::Matrix;

namespace {

struct Piece {
  std::string text;
  Change colour = Change::unchanged;
};
struct TextColumn {
  std::string title;
  std::vector<Piece> pieces;  // one a row
  std::size_t width() const {
    std::size_t width = display_width(title);
    for (const Piece& piece : pieces)
      width = std::max(width, display_width(piece.text));
    return width;
  }
};

}  // namespace

static constexpr std::size_t kColumnGap = 2;

static std::string word_of(const series::Entry& entry, std::size_t row) {
  const bool shared = entry.against && *entry.against + 1 < row;
  switch (entry.change) {
    case Change::unknown:
    case Change::unchanged:
    case Change::lost:
      return entry.verdict;
    case Change::flaky:
      return "flaky " + entry.verdict.substr(0, entry.verdict.find(' '));
    default:
      return std::string(to_string(entry.change)) + (shared ? "*" : "");
  }
}

std::string text_of(const series::Entry& entry, std::size_t row) {
  if (entry.verdict.empty()) return "-";
  if (entry.skipped.empty()) return word_of(entry, row);
  return fmt::format("{} ({} skipped)", word_of(entry, row), entry.skipped.size());
}

static TextColumn column_of(const Matrix& matrix, const series::Column& column) {
  TextColumn text{.title = title_of(matrix, column), .pieces = {}};
  for (std::size_t row = 0; row < matrix.rows.size(); ++row) {
    const series::Entry& entry = column.entries[row];
    text.pieces.push_back({text_of(entry, row), entry.change});
  }
  const auto first = column.first_change;
  text.pieces.push_back(
      {first ? culprits(matrix.rows, *first, column.entries[*first].against) : "-"});
  return text;
}

std::string text_of(const series::Figures& figures, const std::string& unit) {
  if (figures.values.empty()) return "-";
  std::string text = figure_text(figures);
  if (figures.unit != unit) text += " " + printable(figures.unit);
  if (figures.trend != compare::Trend::none) text += fmt::format(" {}", to_string(figures.trend));
  return text;
}

static TextColumn column_of(const Matrix& matrix, const series::MetricColumn& column) {
  TextColumn text{.title = printable(title_of(matrix, column)), .pieces = {}};
  for (const series::Figures& figures : column.figures)
    text.pieces.push_back({text_of(figures, column.unit)});
  return text;
}

// Titles that are too wide become "[3]"; what they stand for is returned.
static std::string number_titles(std::vector<TextColumn>& columns) {
  std::string legend;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string title = fmt::format("[{}]", i + 1);
    legend += fmt::format("{:>5} {}\n", title, columns[i].title);
    columns[i].title = title;
  }
  return legend;
}

static std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// heads[0] stands above the others.
static std::string block(const std::vector<std::string>& heads, std::size_t head_width,
                         const TextColumn* begin, const TextColumn* end, const Style& style) {
  std::string out;
  for (std::size_t line = 0; line < heads.size(); ++line) {
    std::string text = pad(shorten(heads[line], head_width), head_width);
    for (const TextColumn* column = begin; column != end; ++column) {
      const Piece piece = line == 0 ? Piece{column->title} : column->pieces[line - 1];
      const std::string padded = pad(piece.text, column + 1 == end ? 0 : column->width());
      text += std::string(kColumnGap, ' ') + tint(padded, piece.colour, style);
    }
    out += trimmed(std::move(text));
  }
  return out;
}

// How many of the columns stand side by side beside heads of that width: at least one.
static std::size_t fitting(const TextColumn* begin, const TextColumn* end, std::size_t head_width,
                           std::size_t width) {
  const TextColumn* column = begin;
  for (std::size_t used = head_width; column != end; ++column) {
    used += kColumnGap + column->width();
    if (used > width && column != begin) break;
  }
  return static_cast<std::size_t>(column - begin);
}

static std::size_t blocks(const std::vector<TextColumn>& columns, std::size_t head_width,
                          std::size_t width) {
  const TextColumn* const end = columns.data() + columns.size();
  std::size_t count = 0;
  for (const TextColumn* column = columns.data(); column != end; ++count)
    column += fitting(column, end, head_width, width);
  return count;
}

// Subjects are shortened, to a third of the line at least, where that saves a block.
static std::size_t head_width_of(const std::vector<std::string>& heads,
                                 const std::vector<TextColumn>& columns, std::size_t width) {
  std::size_t whole = 0;
  for (const std::string& head : heads)
    whole = std::max(whole, display_width(head));
  std::size_t least = std::min(whole, std::max<std::size_t>(width / 3, 20));
  const std::size_t wanted = blocks(columns, least, width);
  while (least < whole && blocks(columns, least + 1, width) == wanted)
    ++least;
  return least;
}

static std::string table(const std::vector<std::string>& heads, std::vector<TextColumn> columns,
                         const Style& style) {
  if (columns.empty()) return "";
  std::size_t head_width = head_width_of(heads, columns, style.width);
  const bool whole = std::all_of(heads.begin(), heads.end(), [&](const std::string& head) {
    return display_width(head) <= head_width;
  });
  std::string legend;
  if (!whole || blocks(columns, head_width, style.width) > 1) legend = number_titles(columns);
  head_width = head_width_of(heads, columns, style.width);
  std::string out;
  const TextColumn* const end = columns.data() + columns.size();
  for (const TextColumn* from = columns.data(); from != end;) {
    const TextColumn* const to = from + fitting(from, end, head_width, style.width);
    out += (out.empty() ? "" : "\n") + block(heads, head_width, from, to, style);
    from = to;
  }
  return legend.empty() ? out : out + "\n" + legend;
}

// Each subtest that a verdict leaves out, and in which rows.
static std::string skips_of(const Matrix& matrix, const series::Column& column) {
  std::map<std::string, std::vector<std::string>> rows;
  std::size_t ran = 0;
  for (std::size_t row = 0; row < matrix.rows.size(); ++row) {
    const series::Entry& entry = column.entries[row];
    ran += !entry.verdict.empty();
    for (const std::string& skip : entry.skipped)
      rows[skip].push_back(number_of(matrix.rows, row));
  }
  std::string out;
  for (const auto& [skip, where] : rows)
    out += fmt::format("  {}: {}{}\n", title_of(matrix, column), printable(skip),
                       where.size() == ran ? "" : fmt::format(" ({})", fmt::join(where, ", ")));
  return out;
}

static std::string skips_of(const Matrix& matrix) {
  std::string out;
  for (const auto& column : matrix.columns)
    out += skips_of(matrix, column);
  return out.empty() ? "" : "\nSkipped subtests, of which these verdicts say nothing:\n" + out;
}

static std::string least_change(const Matrix& matrix) {
  std::set<double> shares;
  for (const auto& column : matrix.metrics)
    shares.insert(column.least_change * 100);
  return shares.size() == 1 ? fmt::format("{:.3g} %", *shares.begin())
                            : fmt::format("{:.3g} to {:.3g} %, as the plan says of each",
                                          *shares.begin(), *shares.rbegin());
}

static bool has_figure(const Matrix& matrix, bool (*wanted)(const series::Figures&)) {
  return std::ranges::any_of(matrix.metrics, [&](const series::MetricColumn& column) {
    return std::ranges::any_of(column.figures, wanted);
  });
}

static std::string explain_figures(const Matrix& matrix) {
  const std::size_t comparisons = comparisons_in(matrix);
  std::string out = fmt::format(
      "Figures: median [least most] of the repetitions that prove them. Less, more: a rank test "
      "says so,\np <= {:.2g} after Holm's correction for {}, and medians differ by {}. Else no "
      "change is claimed.\n",
      compare::kAlpha, util::format_count(comparisons, "comparison"), least_change(matrix));
  if (has_figure(matrix, [](const auto& f) { return f.trend == compare::Trend::too_few; }))
    out += fmt::format(
        "Too few: whatever they are, so many prove nothing; {} of each row are enough.\n",
        compare::enough(comparisons));
  if (has_figure(matrix, [](const auto& f) { return f.is_noise(); }))
    out += "Noise: no more than the same measurement shows while the kernel does nothing.\n";
  return out;
}

std::string render_matrix(const Matrix& matrix, const Style& style) {
  std::vector<std::string> heads{"patch"};
  const std::size_t width = number_of(matrix.rows, matrix.rows.size() - 1).size();
  for (std::size_t row = 0; row < matrix.rows.size(); ++row)
    heads.push_back(fmt::format("{}  {}{}",
                                pad(number_of(matrix.rows, row), std::max<std::size_t>(width, 4)),
                                matrix.rows[row].unbuilt.empty() ? "" : "DOES NOT BUILD: ",
                                printable(matrix.rows[row].subject)));
  std::vector<TextColumn> cases, metrics;
  for (const auto& column : matrix.columns)
    cases.push_back(column_of(matrix, column));
  for (const auto& column : matrix.metrics)
    metrics.push_back(column_of(matrix, column));
  auto with_first = heads;
  with_first.emplace_back("first change");
  std::string out = table(with_first, std::move(cases), style);
  bool shared = false;
  for (const auto& column : matrix.columns)
    for (std::size_t row = 0; row < column.entries.size(); ++row)
      shared |= word_of(column.entries[row], row).ends_with('*');
  if (shared) out += "\n* compared with an earlier row, as the last says nothing\n";
  out += skips_of(matrix);
  if (matrix.repetitions == 1)
    out += "\nOne run each: what fails only now and then looks fixed,\nintroduced or changed.\n";
  const std::string of_metrics = table(heads, std::move(metrics), style);
  if (of_metrics.empty()) return out;
  return out + "\n" + of_metrics + "\n" + explain_figures(matrix);
}

}  // namespace kproof::report
