// report.html: a run for people, in one file that needs nothing else, no script and no network.
#pragma once

#include <functional>
#include <string>

#include "report/run_report.hpp"

namespace kproof::page {

// The text of a file of the run, by its path below the run directory; "" where there is none.
using ReadFile = std::function<std::string(const std::string& path)>;

// The verdict in one sentence, the matrix, then each cell that is no plain pass: why, its findings
// with their lines, evidence, the end of its log, and the command that runs it again; figures, the
// host. Logs are cut, so that a thousand failures make no more than some 25 MB; files beside the
// page have them whole. Pure, but for `read`.
std::string html(const report::RunReport& report, const ReadFile& read);

}  // namespace kproof::page
