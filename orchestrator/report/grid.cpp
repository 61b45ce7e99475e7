#include "report/grid.hpp"

#include <algorithm>

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

std::string render(const Grid& grid, const Style& style) {
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

}  // namespace kproof::report
