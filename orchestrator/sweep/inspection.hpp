// A cell that is run to be looked at, and not for its verdict: its memory is kept (`kproof dump`),
// or events of its kernel are recorded (`kproof trace`).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "run/core_keeper.hpp"
#include "run/runner.hpp"
#include "run/trace_keeper.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

struct Inspection {
  run::CoreKeeper* core = nullptr;    // or
  run::TraceKeeper* trace = nullptr;  // both borrowed
  std::filesystem::path file;         // of the core; "": vmcore in the cell's directory
  agent::Trace what;                  // is recorded
  std::size_t level = 0;              // and where; 0: where the cell's case runs
};

// What `kproof dump` and `kproof trace` want to know of a cell that ran.
struct Inspected {
  model::KernelArtifact kernel;     // of L1, whose memory is kept
  std::filesystem::path directory;  // of the cell
  std::vector<model::Level> levels;
  std::size_t level = 1;  // that was recorded
};

// The cell with what its kernels need and are told for that: a kernel that panics stands still
// then, and one that is traced survives an oops. ConfigError where there is no such level, or no
// room for the buffers.
PreparedCell inspected(PreparedCell sized, const Inspection& inspection);

// At which index the cell's own case runs. Pure.
std::size_t index_of_case(const PreparedCell& cell);

// What an L1 has that is to leave its vmcoreinfo with QEMU, where its kernel has it.
extern const std::vector<std::string> kCoreModules;

// `cell` is prepared, and the job's paths are known.
void put_inspection(run::GuestJob& job, const PreparedCell& cell, const Inspection& inspection);

}  // namespace kproof::sweep
