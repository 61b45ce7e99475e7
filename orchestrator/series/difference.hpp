// An entry of the matrix: what a row's state is, compared with one above. Internal to series/.
#pragma once

#include <vector>

#include "series/matrix.hpp"
#include "series/state.hpp"

namespace kproof::series {

// `states`: of one column, one a row.
Entry entry_of(const std::vector<State>& states, std::size_t row);

}  // namespace kproof::series
