// The table of verdicts before it is text. Pure.
#pragma once

#include "report/grid.hpp"
#include "report/repetitions.hpp"
#include "report/run_report.hpp"

namespace kproof::report {

// "pass 2/3, fail 1/3": of repetitions, in the colour of the worst. Borrows the cells.
Grid::Entry entry_of(const Repetitions& cells);

// What render_table() shows. Borrows the report's cells.
Grid verdicts_of(const RunReport& report);

}  // namespace kproof::report
