// A run for a mail or a merge request: all that a reader needs stands in the text. Pure.
#pragma once

#include <string>
#include <string_view>

#include "report/run_report.hpp"

namespace kproof::report {

// GitHub's Markdown: the verdict, the matrix, each cell that is not as expected with its finding
// and the command that runs it again, then what ran. What a guest printed stands in code, where
// nothing is markup.
std::string markdown(const RunReport& report);

// Behind other text of its line no character of it is markup, and it stays easy to read.
std::string markdown_plain(std::string_view text);
// A block of code, whatever stands in it.
std::string markdown_code(const std::string& text);

}  // namespace kproof::report
