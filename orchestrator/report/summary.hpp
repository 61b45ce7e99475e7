// What a run leaves on the terminal. Pure.
#pragma once

#include <string>

#include "report/run_report.hpp"
#include "report/text.hpp"

namespace kproof::report {

// A row per case, a column per kernel (and topology, where the plan has several). "-": did not run.
// Repetitions are counted, "pass 3/3", and flaky where their verdicts differ.
// A row per cell, where more than half of that would be dashes.
std::string render_table(const RunReport& report, const Style& style);

// The metrics that the plan wants shown, a row for each case and metric; of repetitions the median
// and the range of those that prove them. "" when there are none.
std::string render_metrics(const RunReport& report, const Style& style);

// For each cell that is not a plain pass: its verdict, reason, the first lines of its first
// finding, why that was expected, and its log. "" when there is none.
std::string render_notes(const RunReport& report, const Style& style);

// Of a plan with a matrix: for each finding and failed subtest the values of axes that each cell
// which shows it has, and no other (compare/explain.hpp); of cells that prove something. "" for
// nothing.
std::string render_axes(const RunReport& report);

// Each subtest that a verdict leaves out, with the reason and the cells. "" when there is none.
std::string render_skips(const RunReport& report);

// Each attempt that does not count, with its verdict, why not, and its logs. "" when there is none.
std::string render_discounted(const RunReport& report);

// "10 cells: 9 pass, 1 fail (expected). Everything as expected."
std::string render_totals(const RunReport& report);

// All of them, with blank lines between them.
std::string render_summary(const RunReport& report, const Style& style);

}  // namespace kproof::report
