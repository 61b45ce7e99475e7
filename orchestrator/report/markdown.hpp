// A run for a mail or a merge request: all that a reader needs stands in the text. Pure.
#pragma once

#include <string>

#include "report/run_report.hpp"

namespace kproof::report {

// GitHub's Markdown: the verdict, the matrix, each cell that is not as expected with its finding
// and the command that runs it again, then what ran. What a guest printed stands in code, where
// nothing is markup.
std::string markdown(const RunReport& report);

}  // namespace kproof::report
