// `matrix:` of a plan. Its kernels and topologies are written like the plan's own, in parts: what
// all have, and what each value of an axis adds.
#pragma once

#include <vector>

#include "config/axes.hpp"
#include "config/sections.hpp"

namespace kproof::config {

// Adds the kernels and topologies that the axes make to the plan's own, which are there already.
std::vector<Axis> read_matrix(Problems& problems, const MaybeValue& value, const Location& location,
                              const CpuModels& cpu_models, model::Plan& plan);

// Which combinations are cells: `cover`, `exclude`, `include`, `constraints`. Cases are there
// already.
void read_matrix_rules(Problems& problems, const MaybeValue& value, const std::vector<Axis>& axes,
                       model::Plan& plan);

}  // namespace kproof::config
