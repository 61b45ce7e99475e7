// The shared directory of a run on a cluster. Internal to slurm/.
#pragma once

#include <set>
#include <string>

#include "slurm/run.hpp"
#include "worker/batch.hpp"

namespace kproof::slurm {

// Writes manifest and list into a new directory; or finds that it holds the same run.
// ConfigError where it holds anything else.
worker::Batch open_directory(const Options& options);

// Before jobs are submitted into a directory in which nobody works: what is miss or broken loses
// its result, and each cell without one its history, so that it runs again. Returns how many
// results are dropped so.
std::size_t begin_anew(const std::filesystem::path& directory, const worker::Batch& batch);

// The jobs that were submitted for it.
std::set<std::string> jobs_in(const std::filesystem::path& directory);
void write_jobs(const std::filesystem::path& directory, const std::set<std::string>& jobs);

}  // namespace kproof::slurm
