// The axes of a matrix as a plan writes them.
#pragma once

#include <string>
#include <vector>

#include "config/reader.hpp"

namespace kproof::config {

struct AxisValue {
  std::string name;
  YAML::Mark mark;
  std::vector<Value> settings;  // keys of a kernel or of a topology
};

struct Axis {
  std::string name;
  YAML::Mark mark;
  std::vector<AxisValue> values;

  bool sets_any(const std::vector<std::string>& keys) const;
};

// Keys that make a kernel: its own, and `revision` of its `source`.
const std::vector<std::string>& kernel_axis_keys();

std::vector<Axis> read_axes(Problems& problems, const MaybeValue& value);

}  // namespace kproof::config
