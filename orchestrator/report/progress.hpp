// A run while it runs. Pure: events change the model, the model becomes text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/outcome.hpp"
#include "model/verdict.hpp"
#include "report/text.hpp"
#include "util/units.hpp"

namespace kproof::report {

struct CellStarted {
  std::string id;
};
struct PhaseEntered {
  std::string id;
  model::Phase phase;
  int level = 1;  // of the guest that entered it
};
// Also for a cell that was reused and never started.
struct CellFinished {
  std::string id;
  model::Judgement judgement;
  bool reused = false;
  std::vector<std::string> left_out{};  // the subtests that the verdict leaves out
};
// There are no such cells after all.
struct CellsGone {
  std::size_t cells = 0;
};
// A kernel on its way: "345 steps in 2m: CC mm/mprotect.o".
struct KernelAt {
  std::string kernel;
  std::string what;
};
struct KernelEnded {  // it is there, or will not be
  std::string kernel;
};
using ProgressEvent =
    std::variant<CellStarted, PhaseEntered, CellFinished, CellsGone, KernelAt, KernelEnded>;

// Times count from the start of the run.
struct ProgressModel {
  struct Running {
    std::string id;
    model::Phase phase = model::Phase::start;
    int level = 1;
    util::Millis started{0}, phase_started{0};
  };
  struct Making {
    std::string kernel, what;
    util::Millis started{0};
  };
  std::size_t total = 0, done = 0, unexpected = 0;
  std::size_t kernels = 0, kernels_done = 0;
  std::vector<Running> running;             // in the order of their starts
  std::vector<Making> making;               // likewise
  std::size_t ran = 0;                      // of `done`, those that were not kept
  std::optional<util::Millis> first_start;  // of a cell
};

void apply(ProgressModel& model, const ProgressEvent& event, util::Millis now);

// How long the rest will take if it goes on at the pace so far; nothing while there is too little
// to tell from: 3 cells, or a kernel where some are still to be made.
std::optional<util::Millis> time_left(const ProgressModel& model, util::Millis now);

// One line without its newline: what `event` did, where `before` is the model before it. For logs,
// and for a terminal above the block when a cell ends.
//   [ 12.3s] [4/10] debian-6.1/l1/mm/thp_mprotect: pass in 7.1s
std::string render_event(const ProgressModel& before, const ProgressEvent& event, util::Millis now,
                         const Style& style);

// The block that a terminal redraws: a line of totals, one for each kernel that is being made and
// one for each running cell, each shorter than the terminal, so that the number of lines is known,
// and fewer than it has rows.
std::string render_block(const ProgressModel& model, util::Millis now, const Style& style);

}  // namespace kproof::report
