// junit.xml as Jenkins and GitLab read it (testdata/junit.xsd, junit-10.xsd), below 30 MB. It
// agrees with the exit code: there is a failure or an error in it where, and only where, that is
// not 0.
//
// A test suite per kernel and topology, a test case per cell and per subtest. What a reader sees of
// a cell (compare::Standing):
//   pass, fail, crash or hang, expected    a passed test; what happened is in its system-out
//   skip or miss, expected                 skipped: nothing was proven; so is a failure that is not
//                                          the kernel's
//   unexpected, whatever it is             failure, its type the verdict
//   a fault of the host (broken)           error
//   did not run                            error, its type "unrun"
// of a subtest:
//   ok                                     passed
//   not ok                                 failure; passed, with its story, where that was expected
//   skipped                                skipped
//   any, in a cell that proves nothing     skipped: such a cell stands for no subtest
// The story of a cell (reason, findings, evidence, metrics, paths) is the text of its failure or
// error, else its system-out.
//
// Of a series, a suite <plan>/series besides: a test per patch and column, failed where the series
// has a problem there (series::Problem); its system-out is the matrix. The verdicts of cells are no
// failures then.
//
// Of a bisection, one suite: a test per revision or config, skipped where it is neither good nor
// bad, and one for the answer, which fails where there is not exactly one, or none that is proven.
//
// Names are those of the plan, so that they are the same in each run.
#pragma once

#include <string>

#include "report/bisect.hpp"
#include "report/config_bisect.hpp"
#include "report/run_report.hpp"

namespace kproof::report {

std::string junit_xml(const RunReport& report);
std::string junit_xml(const BisectReport& report);
std::string junit_xml(const ConfigBisectReport& report);

}  // namespace kproof::report
