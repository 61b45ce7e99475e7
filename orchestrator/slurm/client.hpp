// Slurm's commands. No accounting is asked (many clusters have none), and scontrol is not needed.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "slurm/queue.hpp"

namespace kproof::slurm {

// HostError without sbatch, squeue and scancel in PATH.
void require_slurm();

// Submits the script; it starts when the job `after`, "" for none, has ended well. Returns the
// job's number. HostError with what sbatch says.
std::string submit(const std::filesystem::path& script, const std::string& after);

// Those tasks of the jobs that are not over. Nothing when Slurm does not answer: then nothing is
// known; `why` says so.
std::optional<std::vector<Task>> tasks_of(const std::set<std::string>& jobs, std::string& why);

// Cancels jobs or single tasks; what does not exist any more is no error.
void cancel(const std::set<std::string>& jobs);

}  // namespace kproof::slurm
