#include "report/repetitions.hpp"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include "report/run_report.hpp"

namespace kproof::report {
using model::CellResult;

std::vector<Repetitions> repetitions_in(const std::vector<CellResult>& cells) {
  std::vector<Repetitions> all;
  std::map<std::string, std::size_t> places;
  for (const CellResult& cell : cells) {
    const auto [place, added] = places.try_emplace(full_name_of(cell), all.size());
    if (added) all.emplace_back();
    all[place->second].push_back(&cell);
  }
  return all;
}

bool disagree(const Repetitions& cells) {
  return std::ranges::any_of(cells, [&](const CellResult* cell) {
    return cell->judgement.verdict != cells.front()->judgement.verdict;
  });
}

}  // namespace kproof::report
