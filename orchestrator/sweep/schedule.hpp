// Runs the cells of a sweep, several at once where the host has room.
#pragma once

#include <functional>
#include <vector>

#include "model/result.hpp"
#include "plan/admission.hpp"
#include "run/stop.hpp"
#include "sweep/run_cell.hpp"

namespace kproof::sweep {

// Called from the cells' threads, one at a time.
struct Listener {
  std::function<void(const model::Cell&, int level, model::Phase)> on_phase;
  std::function<void(const model::CellResult&)> on_result;
};

// Of one cell: its RAM, the pages of the NVDIMM that it touches, and QEMU itself.
plan::Needs needs_of(const PreparedCell& cell);

// All cells once, then all again, ...: what drifts on the host while the run goes on, its load or
// its heat, then falls on all kernels alike, and not on the last one as if that were its doing.
void order_in_rounds(std::vector<PreparedCell>& cells);

// Each cell fits into `capacity` (plan::require_fit). Results in the order of `cells`, without
// those that a stop request left unfinished.
std::vector<model::CellResult> run_all(const std::vector<PreparedCell>& cells, const Site& site,
                                       const plan::Capacity& capacity, const run::StopRequest& stop,
                                       const Listener& listener);

}  // namespace kproof::sweep
