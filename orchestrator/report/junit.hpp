// junit.xml as Jenkins and GitLab read it (testdata/junit.xsd).
//
// Of a series, a suite <plan>/series besides: a test per patch and column, failed where the patch
// introduces something, makes it flaky or does not build, and after the last patch where the plan
// expects otherwise; its system-out is the matrix. The cells' own verdicts are no failures then.
//
// A test suite per kernel and topology, a test case per cell. What a reader sees of a cell:
//   pass, fail, crash or hang, expected   a passed test; what happened is in its system-out
//   skip or miss, expected                skipped: nothing was proven
//   skip, unexpected                      skipped, with the reason
//   broken                                error
//   anything else that was not expected   failure, its type the verdict
// The story of a cell (reason, findings, evidence, metrics, paths) is the text of its failure or
// error, else its system-out.
#pragma once

#include <string>

#include "report/run_report.hpp"

namespace kproof::report {

std::string junit_xml(const RunReport& report);

}  // namespace kproof::report
