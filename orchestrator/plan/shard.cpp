#include "plan/shard.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "util/error.hpp"

namespace kproof::plan {

static std::optional<unsigned> number_in(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

model::Shard parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != text.npos) {
    const auto index = number_in(text.substr(0, slash)), of = number_in(text.substr(slash + 1));
    if (index && of && *index >= 1 && *index <= *of) return {*index, *of};
  }
  throw ConfigError(fmt::format("--shard {}: it is no part of a whole", text),
                    "write I/N: --shard 1/3, --shard 2/3 and --shard 3/3 are all of the cells");
}

static bool same_kernel(const model::Cell& a, const model::Cell& b) {
  return a.kernel.name == b.kernel.name;
}

static bool repeats(const model::Cell& a, const model::Cell& b) {
  return same_kernel(a, b) && a.topology.name == b.topology.name && a.test.alias == b.test.alias;
}

static bool is_cut(const std::vector<model::Cell>& cells, std::size_t at, auto together) {
  return at == 0 || at == cells.size() || !together(cells[at - 1], cells[at]);
}

static std::size_t distance(std::size_t a, std::size_t b) {
  return a < b ? b - a : a - b;
}

// Where the `nth` piece ends.
static std::size_t cut(const std::vector<model::Cell>& cells, std::size_t nth, std::size_t of) {
  const std::size_t even = cells.size() * nth / of;
  constexpr std::size_t kEighth = 8;
  const std::size_t reach = cells.size() / of / kEighth;
  std::size_t best = even;
  while (!is_cut(cells, best, repeats))
    ++best;
  bool found = false;
  for (std::size_t at = even - std::min(reach, even); at <= std::min(even + reach, cells.size());
       ++at) {
    if (!is_cut(cells, at, same_kernel)) continue;
    if (found && distance(at, even) >= distance(best, even)) continue;
    best = at;
    found = true;
  }
  return best;
}

std::vector<model::Cell> shard_of(std::vector<model::Cell> cells, const model::Shard& shard) {
  const auto at = [&](std::size_t place) {
    return cells.begin() + static_cast<std::ptrdiff_t>(place);
  };
  const std::size_t end = cut(cells, shard.index, shard.of);
  const std::size_t begin = std::min(cut(cells, shard.index - 1, shard.of), end);
  return {std::make_move_iterator(at(begin)), std::make_move_iterator(at(end))};
}

}  // namespace kproof::plan
