// Whether a series is clean. Internal to series/.
#pragma once

#include "series/matrix.hpp"

namespace kproof::series {

std::vector<Problem> problems_of(const Matrix& matrix);

}  // namespace kproof::series
