// The table of verdicts before it is text. Pure.
#pragma once

#include "report/grid.hpp"
#include "report/run_report.hpp"

namespace kproof::report {

// What render_table() shows. Borrows the report's cells.
Grid verdicts_of(const RunReport& report);

}  // namespace kproof::report
