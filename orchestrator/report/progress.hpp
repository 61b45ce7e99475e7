// A run while it runs. Pure: events change the model, the model becomes text.
#pragma once

#include <cstddef>
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
using ProgressEvent = std::variant<CellStarted, PhaseEntered, CellFinished>;

// Times count from the start of the run.
struct ProgressModel {
  struct Running {
    std::string id;
    model::Phase phase = model::Phase::start;
    int level = 1;
    util::Millis started{0}, phase_started{0};
  };
  std::size_t total = 0, done = 0, unexpected = 0;
  std::vector<Running> running;  // in the order of their starts
};

void apply(ProgressModel& model, const ProgressEvent& event, util::Millis now);

// One line without its newline: what `event` did, where `before` is the model before it. For logs,
// and for a terminal above the block when a cell ends.
//   [ 12.3s] [4/10] debian-6.1/l1/mm/thp_mprotect: pass in 7.1s
std::string render_event(const ProgressModel& before, const ProgressEvent& event, util::Millis now,
                         const Style& style);

// The block that a terminal redraws: a line of totals and one for each running cell, each shorter
// than the terminal, so that the number of lines is known, and fewer than it has rows.
std::string render_block(const ProgressModel& model, util::Millis now, const Style& style);

}  // namespace kproof::report
