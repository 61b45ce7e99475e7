// The combinations of `strength` values of different axes that a covering must show, and which of
// them rows have shown.
#pragma once

#include <cstddef>
#include <vector>

#include "matrix/space.hpp"

namespace kproof::matrix {

class Tuples {
 public:
  // Those of axes that are not crossed, which some row of the space has, and without an absent
  // value. If there are fewer axes than `strength`, each tuple has all of them.
  Tuples(const Space& space, std::size_t strength);

  std::size_t valid() const { return valid_; }
  std::size_t open() const { return open_; }  // valid, and in no row so far
  void cover(const Row& row);
  std::size_t shown_by(const Row& row) const;  // how many open ones cover() would take
  // How many open ones `value` on the open axis `axis` would complete with what is chosen.
  std::size_t gain(const Row& row, std::size_t axis, std::size_t value) const;
  // One that is open, as a row with nothing else chosen: the next from the `at`-th of all on, which
  // are in a ring. One must be open.
  Row open_from(std::size_t at) const;
  std::size_t all() const { return open_ones_.size(); }  // valid or not

 private:
  // The axes of one group of tuples, ascending, and where its first tuple lies in `open_ones_`.
  struct Group {
    std::vector<std::size_t> axes;
    std::size_t first = 0, count = 1;
  };
  std::size_t index(const Group& group, const Row& row) const;
  Row tuple(const Group& group, std::size_t code) const;

  const Space& space_;
  std::vector<Group> groups_;
  std::vector<std::vector<std::size_t>> of_axis_;  // groups that hold it
  std::vector<bool> open_ones_;
  std::size_t valid_ = 0, open_ = 0;
};

}  // namespace kproof::matrix
