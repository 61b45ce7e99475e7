// An answer to a patch on a mailing list: plain text within 72 columns, so that it can be pasted as
// it is. Pure.
#pragma once

#include <string>

#include "report/run_report.hpp"
#include "series/answer.hpp"

namespace kproof::report {

// Of a run of two kernels, before and after (report.series): the answer, the matrix, what changed,
// figures with intervals, what ran where, and `command`, which runs it again.
std::string reply(const RunReport& report, const series::Answer& answer,
                  const std::string& command);

}  // namespace kproof::report
