#include "page/matrix.hpp"

#include <fmt/format.h>

#include "page/cell.hpp"

namespace kproof::page {

void add_matrix(const Element& body, const report::Grid& grid,
                const std::function<std::string(const report::Grid::Column&)>& run_of) {
  if (grid.rows.empty()) return;
  std::vector<std::string> heads{grid.corner};
  for (const auto& column : grid.columns)
    heads.push_back(column.title);
  const Element rows = add_table(body, "verdicts", heads, "matrix");
  for (const std::string& row : grid.rows) {
    const Element line = rows.add("tr");
    line.add("th", "", row);
    for (const auto& column : grid.columns) {
      const report::Grid::Entry entry = grid.at(row, column);
      if (!entry.cell) {
        line.add("td", "soft", entry.text);
        continue;
      }
      const Look look = look_of(entry.cell->judgement);
      const Element place = line.add("td", look.css);
      place.set("data-of", group_of(*entry.cell, run_of(column)));
      const std::string text = fmt::format("{} {}", look.sign, entry.text);
      place.add("a", look.css, text).set("href", "#" + anchor_of(*entry.cell, run_of(column)));
    }
  }
}

}  // namespace kproof::page
