// How long the cells of a run took, for the estimates of the next plan.
#pragma once

#include <filesystem>

#include "report/run_report.hpp"

namespace kproof::sweep {

// In `cache` (timing/records.hpp). What is broken, was kept or was not booted took another time.
void keep_durations(const report::RunReport& report, const std::filesystem::path& cache);

}  // namespace kproof::sweep
