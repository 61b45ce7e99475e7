// Runs the cells of a sweep, several at once where the host has room.
#pragma once

#include <functional>
#include <vector>

#include "model/result.hpp"
#include "resources/gate.hpp"
#include "run/stop.hpp"
#include "sweep/run_cell.hpp"

namespace kproof::sweep {

// Called from one thread at a time, in order; no cell waits for it.
struct Listener {
  std::function<void(const model::Cell&, int level, model::Phase)> on_phase;
  std::function<void(const model::CellResult&)> on_result;
};

// All cells once, then all again, ...: what drifts on the host while the run goes on, its load or
// its heat, then falls on all kernels alike, and not on the last one as if that were its doing. In
// each round those that measure time come last: the host is emptied for all of them once.
void order_in_rounds(std::vector<PreparedCell>& cells);

// As `gate` lets them. Results in the order of `cells`, without those that a stop request left
// unfinished. A cell for which the host has no room is broken.
std::vector<model::CellResult> run_all(const std::vector<PreparedCell>& cells, const Site& site,
                                       resources::Gate& gate, const run::StopRequest& stop,
                                       const Listener& listener);

}  // namespace kproof::sweep
