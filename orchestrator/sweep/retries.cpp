#include "sweep/retries.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

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

std::vector<model::Cell> retries_of(const std::vector<PreparedCell>& cells,
                                    const std::vector<model::CellResult>& results, unsigned times) {
  const std::set<std::string> unexpected = unexpected_in(results);
  std::map<std::string, Repeated> all;
  std::vector<std::string> order;
  for (const PreparedCell& prepared : cells) {
    const model::Cell& cell = prepared.cell;
    const std::string name = name_of_repeated(cell);
    Repeated& repeated = all[name];
    if (repeated.first == nullptr) {
      repeated.first = &cell;
      order.push_back(name);
    }
    repeated.repetitions = std::max(repeated.repetitions, cell.repetition);
    repeated.unexpected |= unexpected.contains(cell.id);
  }
  std::vector<model::Cell> again;
  for (unsigned n = 1; n <= times; ++n)
    for (const std::string& name : order) {
      const Repeated& repeated = all.at(name);
      if (!repeated.unexpected) continue;
      model::Cell cell = *repeated.first;
      cell.repetition = repeated.repetitions + n;
      cell.id = fmt::format("{}@{}", name, cell.repetition);
      again.push_back(std::move(cell));
    }
  return again;
}

}  // namespace kproof::sweep
