// A table of verdicts.
#pragma once

#include <functional>
#include <string>

#include "page/element.hpp"
#include "report/grid.hpp"

namespace kproof::page {

// Each verdict leads to its cell. `run_of`: of which run the cells of a column are (cell.hpp).
void add_matrix(const Element& body, const report::Grid& grid,
                const std::function<std::string(const report::Grid::Column&)>& run_of);

}  // namespace kproof::page
