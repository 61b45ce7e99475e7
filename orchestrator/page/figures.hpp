// What the cells of a run measured.
#pragma once

#include "page/element.hpp"
#include "report/run_report.hpp"

namespace kproof::page {

// Those that the plan names, as dots. One axis for all cells, so that they can be compared by eye.
void add_figures(const Element& body, const report::RunReport& report);

}  // namespace kproof::page
