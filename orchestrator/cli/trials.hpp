// What the cells of one candidate of a bisection show, be it a revision or a config.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bisect/steps.hpp"
#include "cli/display.hpp"
#include "sweep/sweep.hpp"

namespace kproof::cli {

// Its cells, or why it has none; neither when it was interrupted.
struct Trial {
  std::vector<model::CellResult> cells;
  std::string unbuilt;
  bool interrupted = false;
};

// One of the cells that is this host's fault, if any is.
const model::CellResult* broken_in(const std::vector<model::CellResult>& cells);

class Trials {
 public:
  // All are borrowed.
  Trials(const sweep::SweepOptions& options, const run::StopRequest& stop, Display& display)
      : options_(options), stop_(stop), display_(display) {}

  // A kernel of the plan's, by its name, as it is to be for this candidate, called `name` in lines
  // for people. Its cells go to `directory`, below the run directory; what an earlier bisection saw
  // there is kept. A cell that is broken is run once more, unless the others show already what is
  // looked for; `looked_for` may be empty.
  Trial attempt(const model::KernelSpec& kernel, const std::string& directory,
                const std::string& name, const bisect::Signature& looked_for);

  // What a trial, not interrupted, shows of that. A candidate that is broken twice is skipped; a
  // host on which several in a row are is no host to go on with: HostError.
  bisect::Seen judge(const Trial& trial, const bisect::Signature& looked_for);

  void set_repetitions(unsigned repetitions) { repetitions_ = repetitions; }
  const model::HostFacts& host() const { return host_; }  // of the last trial

 private:
  Trial run_cells(const model::KernelSpec& kernel, const std::string& directory);

  const sweep::SweepOptions& options_;
  const run::StopRequest& stop_;
  Display& display_;
  sweep::LibvirtSession libvirt_;  // of all trials
  model::HostFacts host_;
  unsigned repetitions_ = 0;  // 0: as the plan has it
  unsigned broken_in_a_row_ = 0;
};

}  // namespace kproof::cli
