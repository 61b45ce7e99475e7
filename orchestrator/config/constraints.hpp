// `constraints:` of a matrix, as combinations that it must not have.
#pragma once

#include <vector>

#include "config/axes.hpp"
#include "model/matrix.hpp"

namespace kproof::config {

//   constraints:
//     kcsan: { not: [kasan] }     never together; a name is a value of any axis, `axis=value`, or a
//     lru-gen: { since: v6.1 }    fragment, which means all values that have it
//     rt: { needs: [smp], before: v6.12 }
// Versions are compared as major.minor, with those of the kernels' sources. `kernel`: what all
// kernels of the matrix have.
std::vector<model::MatrixRule> read_constraints(Problems& problems, const MaybeValue& value,
                                                const std::vector<Axis>& axes,
                                                const MaybeValue& kernel);

}  // namespace kproof::config
