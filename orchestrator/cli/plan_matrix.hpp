// What `kproof plan` says of a plan's matrix.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "model/matrix.hpp"
#include "plan/combinations.hpp"

namespace kproof::cli {

// Its axes, how much of it the cells show, and what each exclusion took away.
std::string matrix_as_text(const model::Matrix& plan, const plan::Combinations& matrix);
nlohmann::ordered_json matrix_as_json(const model::Matrix& plan, const plan::Combinations& matrix);

}  // namespace kproof::cli
