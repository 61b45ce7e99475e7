// All combinations of the values of some axes, less those that rules forbid. Pure; axes and values
// are numbers here, and their names are the caller's.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace kproof::matrix {

// A value of each axis: its index, or kOpen where it is not chosen yet.
using Row = std::vector<std::size_t>;
inline constexpr std::size_t kOpen = static_cast<std::size_t>(-1);

// Forbids the rows that have, for each term, one of the term's values on the term's axis.
struct Rule {
  struct Term {
    std::size_t axis = 0;
    std::vector<bool> values;  // one for each value of the axis
  };
  std::vector<Term> terms;  // not empty
};

struct Space {
  std::vector<std::size_t> sizes;  // of each axis, its number of values, at least 1
  std::vector<Rule> rules;
  // Of each axis, or of none: the value that says "this axis has no meaning here", which nobody
  // wants to see combined with others.
  std::vector<std::optional<std::size_t>> absent;

  // Of each axis, or of none: each row that is chosen stands for all rows that differ from it on
  // these.
  std::vector<bool> crossed;

  bool is_crossed(std::size_t axis) const { return axis < crossed.size() && crossed[axis]; }
  std::size_t width() const { return sizes.size(); }
  bool is_absent(std::size_t axis, std::size_t value) const {
    return axis < absent.size() && absent[axis] == value;
  }
};

// Does the rule forbid whatever the open axes of the row become?
bool forbids(const Rule& rule, const Row& row);
bool allows(const Space& space, const Row& row);

// The first row that has all that is chosen in `row`, trying the values of each open axis in the
// order of `preferred` (of each axis a permutation of its values; without it in their own order).
std::optional<Row> complete(const Space& space, Row row,
                            const std::vector<std::vector<std::size_t>>& preferred = {});

// All rows, the last axis the fastest; none of them when they are more than `most`.
std::optional<std::vector<Row>> all_rows(const Space& space, std::size_t most);
// How many they are, or `most` when they are more.
std::size_t count_rows(const Space& space, std::size_t most);
// Each of `rows` with all values of the crossed axes that the rules allow, each row once.
std::vector<Row> cross(const Space& space, const std::vector<Row>& rows);

}  // namespace kproof::matrix
