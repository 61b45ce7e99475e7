// What each patch of a series changed.
#pragma once

#include "page/element.hpp"
#include "report/run_report.hpp"

namespace kproof::page {

// The series matrix, each entry leading to a cell of its row; figures, with what their medians
// differ by; what went and what appeared, as the terminal tells it. Nothing where `report` is of no
// series.
void add_series(const Element& body, const report::RunReport& report, const std::string& run);

}  // namespace kproof::page
