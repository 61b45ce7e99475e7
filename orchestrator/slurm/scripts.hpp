// The batch scripts of a run. Pure.
//
// What they ask for, and why (facts: Slurm 22.05, and what users of Nextflow, snakemake, reframe
// and submitit reported):
// - `exec`: the program is the batch step itself, and --signal=B: reaches it.
// - --requeue: a node that is lost or a job that is preempted starts the worker again, which goes
// on
//   with what has no result.
// - --open-mode=append: a second start does not wipe the log of the first.
// - --kill-on-invalid-dep: workers whose kernels never came do not wait for ever.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "util/units.hpp"

namespace kproof::slurm {

struct Request {
  std::string name;                 // of the plan
  std::filesystem::path program;    // kproof, as nodes reach it
  std::filesystem::path directory;  // of the batch, shared by all nodes
  unsigned workers = 1;
  util::Millis time{0};              // of each job
  unsigned cpus = 1;                 // of a worker
  std::uint64_t memory = 0;          // bytes, of a worker
  unsigned build_cpus = 1;           // of the job that builds kernels
  std::vector<std::string> options;  // more for sbatch, as "--partition=debug"
};

// So long before the end of a job its worker is asked to stop: enough to end a guest, and to give
// its cell back.
inline constexpr std::chrono::seconds kSignalBefore{60};

// `kproof worker DIR --kernels`.
std::string kernels_script(const Request& request);
// An array of `workers` times `kproof worker DIR`.
std::string workers_script(const Request& request);

}  // namespace kproof::slurm
