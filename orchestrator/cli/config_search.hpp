// The search of kproof config-bisect: ends, candidates, the proof.
#pragma once

#include <string>
#include <vector>

#include "cli/run_options.hpp"
#include "model/kernel.hpp"
#include "report/config_bisect.hpp"
#include "run/stop.hpp"

namespace kproof::cli {

struct ConfigBisectOptions {
  RunOptions run;
  std::string base;
  std::vector<std::string> good, bad;
  unsigned repetitions = 3;
};

// Builds and runs configs of `base` between the two ends, and writes the reports into --out, also
// where a stop request ends it: its answer is open then. Errors are the user's about an end, and
// the host's.
report::ConfigBisectReport search_config(ConfigBisectOptions& options, model::KernelSpec base,
                                         const run::StopRequest& stop);

}  // namespace kproof::cli
