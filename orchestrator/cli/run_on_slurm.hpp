// kproof run --on slurm.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "run/stop.hpp"
#include "slurm/run.hpp"
#include "sweep/sweep.hpp"

namespace kproof::cli {

struct SlurmOptions {
  std::string on = "local", job_time = "1h", stale_after = "60s";
  unsigned workers = 4;
  std::vector<std::string> sbatch;
  bool prepare = false;
};

void add_slurm_options(Command& command, SlurmOptions& options);

// ConfigError for what makes no sense with it.
slurm::Options slurm_options(const SlurmOptions& given, const sweep::SweepOptions& sweep);

// What to do with a directory that was only prepared; kOk.
int tell_prepared(const std::filesystem::path& out);

// How --help tells it.
extern const char* const kOnSlurm;

}  // namespace kproof::cli
