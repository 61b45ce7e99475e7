// What people and CI systems read of a whole run.
#pragma once

#include "report/run_report.hpp"

namespace kproof::merge {

// results.json, junit.xml and report.html of `report.directory`, as a run leaves them; HostError.
void write_reports(const report::RunReport& report);

}  // namespace kproof::merge
