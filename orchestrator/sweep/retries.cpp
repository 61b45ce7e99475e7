#include "sweep/retries.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "compare/proven.hpp"

namespace kproof::sweep {

namespace {
struct Repeated {
  const model::Cell* first = nullptr;
  unsigned repetitions = 0;
  bool unexpected = false;
};
}  // namespace

// "k/l1/mm/a@2" -> "k/l1/mm/a"
static std::string name_of_repeated(const model::Cell& cell) {
  const std::string suffix = fmt::format("@{}", cell.repetition);
  const bool has = cell.repetition > 1 && cell.id.ends_with(suffix);
  return cell.id.substr(0, cell.id.size() - (has ? suffix.size() : 0));
}

static std::set<std::string> unexpected_in(const std::vector<model::CellResult>& results) {
  std::set<std::string> ids;
  for (const model::CellResult& result : results)
    if (compare::standing_of(result.judgement) == compare::Standing::unexpected)
      ids.insert(result.id);
  return ids;
}

// In the plan's order.
static std::vector<std::pair<std::string, Repeated>> repeated_of(
    const std::vector<PreparedCell>& cells, const std::set<std::string>& unexpected) {
  std::vector<std::pair<std::string, Repeated>> all;
  std::map<std::string, std::size_t> known;
  for (const PreparedCell& prepared : cells) {
    const model::Cell& cell = prepared.cell;
    const std::string name = name_of_repeated(cell);
    const auto [at, is_new] = known.emplace(name, all.size());
    if (is_new) all.push_back({name, {.first = &cell}});
    Repeated& repeated = all[at->second].second;
    repeated.repetitions = std::max(repeated.repetitions, cell.repetition);
    repeated.unexpected |= unexpected.contains(cell.id);
  }
  return all;
}

static model::Cell further(const std::string& name, const Repeated& repeated, unsigned n) {
  model::Cell cell = *repeated.first;
  cell.repetition = repeated.repetitions + n;
  cell.id = fmt::format("{}@{}", name, cell.repetition);
  return cell;
}

std::vector<model::Cell> retries_of(const std::vector<PreparedCell>& cells,
                                    const std::vector<model::CellResult>& results, unsigned times) {
  const auto all = repeated_of(cells, unexpected_in(results));
  std::vector<model::Cell> again;
  for (unsigned n = 1; n <= times; ++n)
    for (const auto& [name, repeated] : all)
      if (repeated.unexpected) again.push_back(further(name, repeated, n));
  return again;
}

std::vector<model::Cell> round_of(const std::vector<PreparedCell>& cells,
                                  const std::vector<model::CellResult>& results, unsigned round) {
  std::vector<model::Cell> again;
  if (!std::ranges::all_of(results, [](const model::CellResult& result) {
        return compare::standing_of(result.judgement) == compare::Standing::expected;
      }))
    return again;
  for (const auto& [name, repeated] : repeated_of(cells, {}))
    again.push_back(further(name, repeated, round));
  return again;
}

}  // namespace kproof::sweep
