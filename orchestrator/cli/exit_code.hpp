// What a run, a series or a bisection ends with.
#pragma once

#include "report/run_report.hpp"

namespace kproof::cli {

// What was seen. Exit codes, the first that applies:
//     1  something was proven to be unexpected: however the rest ends, that stays, so neither a
//        fault of the host nor an interruption may hide it
//   130  interrupted: what is missing may be anything
//    69  a fault of this host stands in the way of the rest: again, on a sound host, may give 0 or
//    1
//     1  cells did not run, and nobody interrupted them
//     0  all ran and all is as expected
struct Ending {
  bool unexpected = false;  // a cell or a step that a sound host would show the same way
  bool interrupted = false;
  bool host = false;  // a cell is broken, or this host's fault otherwise
  bool incomplete = false;
};
int exit_code(const Ending& ending);

// Of a run: by its cells. Of a series: by its problems, and by what the host spoiled; 2 where not
// one row was built. `signalled`: a signal asked for the end.
int exit_code(const report::RunReport& report, bool signalled);

}  // namespace kproof::cli
