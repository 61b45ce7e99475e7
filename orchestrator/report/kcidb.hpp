// A run as KCIDB takes it (schema 5.3, https://github.com/kernelci/kcidb-io). Pure.
//
//   verdict or result          status
//   pass, ok                   PASS
//   fail, crash, hang, not ok  FAIL, whether the plan expects it or not: the dashboard is about
//   kernels skip, skipped              SKIP miss                       MISS broken MISS where the
//   host was at fault, ERROR where the test was a figure                   DONE, with its number
//
// A kernel is a build, a cell a test, its subtests and figures are tests below it; a known issue is
// an issue, and each cell that shows it an incident. Ids begin with the origin; those of issues are
// made of the entry's link, so that all runs name the same one.
#pragma once

#include <string>

#include "report/read_run.hpp"

namespace kproof::report {

// "kproof.mm.thp_mprotect": a path of KCIDB's grammar, from names of any form.
std::string kcidb_path(const std::string& name);

// `origin`: of [a-z0-9_], the one that KCIDB gave to whoever submits.
std::string kcidb_json(const RecordedRun& run, const std::string& origin);

}  // namespace kproof::report
