// report.html: a run for people, in one file that needs nothing else and no network. Without
// scripts, which a CI may forbid, it shows all but whole logs and the filter.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "report/last_good.hpp"
#include "report/run_report.hpp"

namespace kproof::page {

// The text of a file of the run, by its path below the run directory, or an absolute one of another
// run; "" where there is none.
using ReadFile = std::function<std::string(const std::string& path)>;

// One of the runs of a page.
struct Run {
  report::RunReport report;          // with the paths of its files as seen from the page
  std::string name;                  // where there are several
  report::LastGoods last_good = {};  // beside whose logs those of bad cells are shown
};

// The verdict in one sentence, the matrix, then each cell: why, its findings with their lines,
// evidence, the end of its log, and the command that runs it again; figures, the host; behind all
// that the logs, compressed (logs.hpp). Both are cut, so that a thousand cells with large logs, or
// a thousand failures, make no more than 25 MB; files beside the page have them whole. Of several
// runs first what differs between them. At least one; pure, but for `read`.
std::string html(const std::vector<Run>& runs, const ReadFile& read);

}  // namespace kproof::page
