#include "cli/again.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "compare/proven.hpp"

namespace kproof::cli {

static std::string first_of(const model::CellResult& result) {
  const std::string suffix = fmt::format("@{}", result.repetition);
  return result.id.ends_with(suffix) ? result.id.substr(0, result.id.size() - suffix.size())
                                     : result.id;
}

Again again_of(const std::vector<model::CellResult>& earlier,
               const std::vector<model::Cell>& cells) {
  const auto is_there = [&](const std::string& id) {
    return std::ranges::find(cells, id, &model::Cell::id) != cells.end();
  };
  Again again;
  std::set<std::string> wanted;
  for (const model::CellResult& result : earlier) {
    if (compare::standing_of(result.judgement) == compare::Standing::expected) continue;
    if (is_there(result.id))
      wanted.insert(result.id);
    else if (is_there(first_of(result)))
      wanted.insert(first_of(result));
    else
      again.lost.push_back(result.id);
  }
  for (const model::Cell& cell : cells)
    if (wanted.contains(cell.id)) again.ids.push_back(cell.id);
  return again;
}

}  // namespace kproof::cli
