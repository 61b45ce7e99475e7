// What a plan and its known issues are told about on stderr, though nothing of it is wrong.
#pragma once

#include "model/plan.hpp"
#include "report/run_report.hpp"

namespace kproof::cli {

// Before a run: what is hardly meant, and entries that have expired.
void warn_of(const model::Plan& plan);
// After it: entries of which nothing was found.
void tell_unmatched(const model::Plan& plan, const report::RunReport& report);

}  // namespace kproof::cli
