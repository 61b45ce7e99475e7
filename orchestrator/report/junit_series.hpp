// The suites of JUnit that are of no kernel and topology. Internal to report/.
#pragma once

#include "report/junit_document.hpp"
#include "report/run_report.hpp"

namespace kproof::report {

void add_series(Junit& junit, const RunReport& report);

}  // namespace kproof::report
