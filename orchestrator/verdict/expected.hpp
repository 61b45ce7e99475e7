// Whether a cell is as the plan says. Internal to verdict/.
#pragma once

#include <string>
#include <vector>

#include "verdict/applied.hpp"

namespace kproof::verdict {

// "" when the cell is as declared, else what is not. The rules: judge.hpp.
std::string deviation(const model::Expectation& e, Levels levels,
                      const std::vector<Applied>& applied);

}  // namespace kproof::verdict
