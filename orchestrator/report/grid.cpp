#include "report/grid.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace kproof::report {

void Grid::put(const std::string& row, const Column& column, Entry entry) {
  if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
  if (std::none_of(columns.begin(), columns.end(),
                   [&](const Column& other) { return other.key == column.key; }))
    columns.push_back(column);
  entries[{row, column.key}] = std::move(entry);
}

Grid::Entry Grid::at(const std::string& row, const Column& column) const {
  const auto it = entries.find({row, column.key});
  return it == entries.end() ? Entry{"-"} : it->second;
}

static std::string trim_right(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

static constexpr std::string_view kGap = "  ";

static std::size_t width_of_heads(const Grid& grid) {
  std::size_t width = display_width(grid.corner);
  for (const auto& row : grid.rows)
    width = std::max(width, display_width(row));
  return width;
}

static std::size_t width_of(const Grid& grid, const Grid::Column& column) {
  std::size_t width = display_width(column.title);
  for (const auto& row : grid.rows)
    width = std::max(width, display_width(grid.at(row, column).text));
  return width;
}

static std::size_t width_of(const Grid& grid) {
  std::size_t width = width_of_heads(grid);
  for (const auto& column : grid.columns)
    width += kGap.size() + width_of(grid, column);
  return width;
}

// Nothing where two columns have one title: they would become one row.
static std::optional<Grid> turned(const Grid& grid) {
  if (grid.across.empty()) return std::nullopt;
  Grid other{.corner = grid.across, .across = grid.corner};
  for (const Grid::Column& column : grid.columns)
    for (const std::string& row : grid.rows)
      if (grid.entries.contains({row, column.key}))
        other.put(column.title, {row, row}, grid.at(row, column));
  if (other.rows.size() < grid.columns.size()) return std::nullopt;
  return other;
}

// As many columns as fit, one at least; they are taken from `rest`.
static Grid take_page(Grid& rest, std::size_t width) {
  Grid page = rest;
  page.columns.clear();
  std::size_t used = width_of_heads(rest);
  std::size_t count = 0;
  for (const Grid::Column& column : rest.columns) {
    used += kGap.size() + width_of(rest, column);
    if (used > width && count > 0) break;
    page.columns.push_back(column);
    ++count;
  }
  rest.columns.erase(rest.columns.begin(),
                     rest.columns.begin() + static_cast<std::ptrdiff_t>(count));
  return page;
}

static std::string render_page(const Grid& grid, const Style& style) {
  const std::size_t first = width_of_heads(grid);
  std::vector<std::size_t> widths;
  std::string line = pad(grid.corner, first);
  for (const auto& column : grid.columns) {
    widths.push_back(width_of(grid, column));
    line += std::string(kGap) + pad(column.title, widths.back());
  }
  std::string out = trim_right(line) + "\n";
  for (const auto& row : grid.rows) {
    line = pad(row, first);
    for (std::size_t i = 0; i < grid.columns.size(); ++i) {
      const Grid::Entry entry = grid.at(row, grid.columns[i]);
      const std::string text = pad(entry.text, widths[i]);
      const std::string shown = i + 1 == grid.columns.size() ? trim_right(text) : text;
      line += std::string(kGap) + (entry.cell ? paint(shown, entry.cell->judgement, style) : shown);
    }
    out += trim_right(line) + "\n";
  }
  return out;
}

std::string render(const Grid& grid, const Style& style) {
  if (width_of(grid) <= style.width) return render_page(grid, style);
  const auto other = turned(grid);
  if (other && width_of(*other) <= style.width) return render_page(*other, style);
  std::string out;
  for (Grid rest = grid; !rest.columns.empty();)
    out += (out.empty() ? "" : "\n") + render_page(take_page(rest, style.width), style);
  return out;
}

}  // namespace kproof::report
