// The cases of a plan with its globs replaced by what they stand for. Internal to plan/.
#pragma once

#include <string>
#include <vector>

#include "model/plan.hpp"

namespace kproof::plan {

// Rules and errors as cells.hpp says.
std::vector<model::PlanCase> resolve_cases(const std::vector<model::PlanCase>& entries,
                                           std::vector<std::string> known);

}  // namespace kproof::plan
