// What `kproof plan` says of a plan's matrix.
#pragma once

#include <string>

#include "model/plan.hpp"

namespace kproof::cli {

// Its axes, how much of it the cells show, and what each exclusion took away; "" without a matrix.
// `known` names every case that exists.
std::string describe_matrix(const model::Plan& plan, const std::vector<std::string>& known);

}  // namespace kproof::cli
