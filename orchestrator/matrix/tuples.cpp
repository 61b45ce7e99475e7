#include "matrix/tuples.hpp"

#include <algorithm>

namespace kproof::matrix {

// Calls `call` with each choice of `size` of the axes from the `next`-th on, behind what is chosen.
static void for_each_choice(const std::vector<std::size_t>& axes, std::size_t next,
                            std::size_t size, std::vector<std::size_t>& chosen, auto&& call) {
  if (chosen.size() == size) return call(chosen);
  for (std::size_t i = next; i < axes.size(); ++i) {
    chosen.push_back(axes[i]);
    for_each_choice(axes, i + 1, size, chosen, call);
    chosen.pop_back();
  }
}

static std::vector<std::size_t> axes_to_cover(const Space& space) {
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < space.width(); ++axis)
    if (!space.is_crossed(axis)) axes.push_back(axis);
  return axes;
}

Tuples::Tuples(const Space& space, std::size_t strength) : space_(space), of_axis_(space.width()) {
  const std::vector<std::size_t> all = axes_to_cover(space);
  std::vector<std::size_t> chosen;
  for_each_choice(all, 0, std::min(strength, all.size()), chosen, [&](const auto& axes) {
    Group group{.axes = axes, .first = open_ones_.size()};
    for (const std::size_t axis : axes) {
      group.count *= space.sizes[axis];
      of_axis_[axis].push_back(groups_.size());
    }
    for (std::size_t code = 0; code < group.count; ++code) {
      const Row row = tuple(group, code);
      const bool wanted =
          std::ranges::none_of(axes, [&](auto axis) { return space.is_absent(axis, row[axis]); }) &&
          complete(space, row);
      open_ones_.push_back(wanted);
      valid_ += wanted;
    }
    groups_.push_back(std::move(group));
  });
  open_ = valid_;
}

std::size_t Tuples::index(const Group& group, const Row& row) const {
  std::size_t code = 0;
  for (const std::size_t axis : group.axes)
    code = code * space_.sizes[axis] + row[axis];
  return group.first + code;
}

Row Tuples::tuple(const Group& group, std::size_t code) const {
  Row row(space_.width(), kOpen);
  for (auto axis = group.axes.rbegin(); axis != group.axes.rend(); ++axis) {
    row[*axis] = code % space_.sizes[*axis];
    code /= space_.sizes[*axis];
  }
  return row;
}

void Tuples::cover(const Row& row) {
  for (const Group& group : groups_) {
    const std::size_t at = index(group, row);
    open_ -= open_ones_[at];
    open_ones_[at] = false;
  }
}

std::size_t Tuples::shown_by(const Row& row) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      groups_, [&](const Group& group) { return open_ones_[index(group, row)]; }));
}

std::size_t Tuples::gain(const Row& row, std::size_t axis, std::size_t value) const {
  Row with = row;
  with[axis] = value;
  std::size_t gain = 0;
  for (const std::size_t number : of_axis_[axis]) {
    const Group& group = groups_[number];
    const bool chosen =
        std::ranges::all_of(group.axes, [&](auto one) { return with[one] != kOpen; });
    gain += chosen && open_ones_[index(group, with)];
  }
  return gain;
}

Row Tuples::open_from(std::size_t at) const {
  while (!open_ones_[at])
    at = at + 1 == open_ones_.size() ? 0 : at + 1;
  const Group& group = *std::prev(std::ranges::upper_bound(groups_, at, {}, &Group::first));
  return tuple(group, at - group.first);
}

}  // namespace kproof::matrix
