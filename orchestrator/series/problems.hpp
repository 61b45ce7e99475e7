// Whether a series is clean. Internal to series/.
#pragma once

#include "series/matrix.hpp"

namespace kproof::series {

std::vector<std::string> problems_of(const Matrix& matrix);

}  // namespace kproof::series
