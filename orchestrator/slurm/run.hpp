// A run on a cluster: a batch in a shared directory, jobs that work it off, and the whole report.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/plan.hpp"
#include "report/run_report.hpp"
#include "run/stop.hpp"
#include "sweep/sweep.hpp"
#include "util/units.hpp"

namespace kproof::slurm {

struct Options {
  sweep::SweepOptions sweep;  // plan, texts, filter, out (the shared directory), accel, as_root
  unsigned workers = 4;       // jobs at once, at most
  util::Millis job_time = std::chrono::hours(1);       // each
  util::Millis stale_after = std::chrono::minutes(1);  // a worker silent for so long is gone
  std::vector<std::string> sbatch;                     // more options of sbatch
  bool prepare = false;  // write directory and scripts, and submit nothing
  config::CpuModels cpu_models;
};

// Submits a job that makes the kernels, and behind it an array of workers; waits until each cell
// has a result. Where all jobs are gone and cells are left (nodes were lost, time ran out), it
// submits again, twice at most. An `out` of the same plan and options is gone on with: jobs that
// still work there are waited for, and a miss or broken is run again. A stop request cancels the
// jobs. results.json, junit.xml and report.html are written in any case, but for `prepare`.
// ConfigError for an `out` that holds anything else; HostError.
report::RunReport run(const Options& options, const run::StopRequest& stop,
                      const sweep::SweepListener& listener);

}  // namespace kproof::slurm
