// A run directory's content as rows.
#pragma once

#include "history/rows.hpp"
#include "report/read_run.hpp"

namespace kproof::history {

// Reads the configs of kernels that the run kept, and nothing else.
Run record_of(const report::RecordedRun& run);

}  // namespace kproof::history
