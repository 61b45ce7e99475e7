// All that a run's cells need before they boot: what their cases declare, kernels, images.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "series/matrix.hpp"
#include "sweep/faults.hpp"
#include "sweep/kernels.hpp"
#include "sweep/machine.hpp"
#include "sweep/pipeline.hpp"
#include "sweep/prepare.hpp"
#include "sweep/workshop.hpp"

namespace kproof::sweep {

class Preparing {
 public:
  struct Setup {
    const model::Plan& plan;
    const Workshop& workshop;
    const Machine& machine;
    std::filesystem::path out;
    bool fresh = false;  // nothing is kept
    Kernels::Fetch fetch;
    std::vector<series::Row>* rows = nullptr;  // of a series; `unbuilt` is filled in
    const Visit* visit = nullptr;              // a command in the place of cases
    bool held = false;                         // their user may want to look at guests
    std::function<void(const std::string&)> say;
  };
  explicit Preparing(Setup setup);

  // Of the case's program, asked once for each set of arguments. ConfigError.
  const model::CaseDescription& describe(const std::string& program,
                                         const std::vector<std::string>& args);
  PreparedCell size_up(const model::Cell& cell);

  // Of any thread; minutes where it is built. Interrupted; other faults are those of its cells.
  void fetch(const std::string& kernel);

  // Of any thread, when the cell's kernels are fetched. One cell at a time.
  Fate prepare(PreparedCell& cell);

 private:
  Fate decide(PreparedCell& cell);
  bool has_no_row(const PreparedCell& cell);
  const InnerQemu& inner_qemu();
  Fate faulty(const PreparedCell& cell);

  const Setup setup_;
  Kernels kernels_;
  std::map<std::vector<std::string>, model::CaseDescription> descriptions_;
  std::mutex mutex_;  // of what follows
  std::optional<InnerQemu> inner_qemu_;
  std::vector<std::string> told_;  // faults
};

}  // namespace kproof::sweep
