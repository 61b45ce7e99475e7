// What workers ran on, and why one had to end: nodes/<worker>/ of a batch. No verdict is of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "report/run_report.hpp"

namespace kproof::worker {

// "17_3-n1" in a Slurm job, else host and pid; usable as a file's name.
std::string worker_name();

// A node that fails claims nothing: what is wrong with it, and the next step.
void write_node_fault(const std::filesystem::path& directory, const std::string& worker,
                      const std::string& what);

struct NodeFault {
  std::string worker, what;
};
std::vector<NodeFault> node_faults(const std::filesystem::path& directory);

// After each cell: the host, as the results.json of the worker's own run has it, and how many cells
// it has finished.
void write_node(const std::filesystem::path& directory, const std::string& worker,
                const std::filesystem::path& results, std::size_t cells);
// All workers that had a host.
std::vector<report::Part> workers_of(const std::filesystem::path& directory);

}  // namespace kproof::worker
