#include "page/matrix.hpp"

#include <fmt/format.h>

#include "page/cell.hpp"

namespace kproof::page {

void add_matrix(const Element& body, const report::Grid& grid,
                const std::function<std::string(const report::Grid::Column&)>& run_of) {
  if (grid.rows.empty()) return;
  const Element table = body.add("div", "wide matrix")
                            .set("tabindex", "0")
                            .set("role", "region")
                            .set("aria-label", "verdicts")
                            .add("table");
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
      place.set("data-of", group_of(*entry.cell, run_of(column)));
      const std::string text = fmt::format("{} {}", sign_of(judgement), entry.text);
      place.add("a", css_of(judgement), text)
          .set("href", "#" + anchor_of(*entry.cell, run_of(column)));
    }
  }
}

}  // namespace kproof::page
