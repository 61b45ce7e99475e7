#include "matrix/space.hpp"

#include <algorithm>
#include <set>

namespace kproof::matrix {

bool forbids(const Rule& rule, const Row& row) {
  return std::ranges::all_of(rule.terms, [&](const Rule::Term& term) {
    return row[term.axis] != kOpen && term.values[row[term.axis]];
  });
}

bool allows(const Space& space, const Row& row) {
  return std::ranges::none_of(space.rules, [&](const Rule& rule) { return forbids(rule, row); });
}

// Depth first over the open axes from `axis` on. `row` is allowed as far as it is chosen.
static bool fill(const Space& space, Row& row, std::size_t axis,
                 const std::vector<std::vector<std::size_t>>& preferred) {
  while (axis < row.size() && row[axis] != kOpen)
    ++axis;
  if (axis == row.size()) return true;
  for (std::size_t n = 0; n < space.sizes[axis]; ++n) {
    row[axis] = preferred.empty() ? n : preferred[axis][n];
    if (allows(space, row) && fill(space, row, axis + 1, preferred)) return true;
  }
  row[axis] = kOpen;
  return false;
}

std::optional<Row> complete(const Space& space, Row row,
                            const std::vector<std::vector<std::size_t>>& preferred) {
  if (!allows(space, row) || !fill(space, row, 0, preferred)) return std::nullopt;
  return row;
}

// Calls `call` with each row that has what is chosen in `row` until it gives false; then gives
// that.
static bool for_each_row(const Space& space, Row& row, std::size_t axis, auto&& call) {
  while (axis < row.size() && row[axis] != kOpen)
    ++axis;
  if (axis == row.size()) return call(row);
  bool going = true;
  for (std::size_t value = 0; going && value < space.sizes[axis]; ++value) {
    row[axis] = value;
    if (allows(space, row)) going = for_each_row(space, row, axis + 1, call);
  }
  row[axis] = kOpen;
  return going;
}

std::optional<std::vector<Row>> all_rows(const Space& space, std::size_t most) {
  std::vector<Row> rows;
  Row row(space.width(), kOpen);
  const bool fit = for_each_row(space, row, 0, [&](const Row& one) {
    rows.push_back(one);
    return rows.size() <= most;
  });
  return fit ? std::optional(std::move(rows)) : std::nullopt;
}

std::vector<Row> cross(const Space& space, const std::vector<Row>& rows) {
  std::vector<Row> all;
  std::set<Row> seen;
  for (Row row : rows) {
    for (std::size_t axis = 0; axis < row.size(); ++axis)
      if (space.is_crossed(axis)) row[axis] = kOpen;
    for_each_row(space, row, 0, [&](const Row& one) {
      if (seen.insert(one).second) all.push_back(one);
      return true;
    });
  }
  return all;
}

std::size_t count_rows(const Space& space, std::size_t most) {
  std::size_t count = 0;
  Row row(space.width(), kOpen);
  for_each_row(space, row, 0, [&](const Row&) { return ++count < most; });
  return count;
}

}  // namespace kproof::matrix
