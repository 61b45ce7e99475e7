// A series on the terminal. Pure.
#pragma once

#include <string>

#include "report/run_report.hpp"
#include "report/text.hpp"

namespace kproof::report {

// "643", "643 [640 702]" of several, or "< 2196 noise".
std::string figure_text(const series::Figures& figures);

// All of the below for report.series, with blank lines between them.
std::string render_series(const RunReport& report, const Style& style);

// A row for the base and each patch, a column for each case, and below them for each metric. A
// verdict alone is unchanged. Where the titles of columns make the matrix wider than the terminal
// they become numbers that are explained below it; what is wider even so is told in blocks.
std::string render_matrix(const series::Matrix& matrix, const Style& style);

// An entry of that, of the row with that index: "fixed", "pass (2 skipped)", "changed*" where it
// was not compared with the row before.
std::string text_of(const series::Entry& entry, std::size_t row);
// "68087 [67452 68146] less": the median, the least and the most, and what may be claimed; with the
// unit where it is another than the column's.
std::string text_of(const series::Figures& figures, const std::string& unit);

// What each patch changed, with what went and what appeared, and why a row does not build.
std::string render_changes(const RunReport& report, const Style& style);

// "3 patches, 4 columns: 3 fixed, 0 introduced. Clean." or why not.
std::string render_series_verdict(const RunReport& report, const Style& style);

}  // namespace kproof::report
