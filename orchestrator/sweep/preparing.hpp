// All that a run's cells need before they boot: what their cases declare, kernels, images.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "series/matrix.hpp"
#include "source/settings.hpp"
#include "sweep/cases.hpp"
#include "sweep/faults.hpp"
#include "sweep/installation.hpp"
#include "sweep/kernels.hpp"
#include "sweep/machine.hpp"
#include "sweep/pipeline.hpp"
#include "sweep/prepare.hpp"

namespace kproof::sweep {

class Preparing {
 public:
  struct Setup {
    const model::Plan& plan;
    const Installation& installation;
    const Machine& machine;
    std::filesystem::path out;
    bool fresh = false;  // nothing is kept
    Kernels::Fetch fetch;
    // For programs of suites that are built for a kernel.
    std::function<source::Settings(const std::string& kernel, std::size_t at_once)> settings;
    std::vector<series::Row>* rows = nullptr;  // of a series; `unbuilt` is filled in
    const Inspection* inspection = nullptr;
    const Visit* visit = nullptr;  // a command in the place of cases
    bool held = false;             // their user may want to look at guests
    std::function<void(const std::string&)> say;
  };
  explicit Preparing(Setup setup);

  const Cases& cases() const { return cases_; }
  // Of the case's program, asked once for each set of arguments. ConfigError.
  const model::CaseDescription& describe(const std::string& program,
                                         const std::vector<std::string>& args);
  PreparedCell size_up(const model::Cell& cell);

  // `at_once`: how many kernels are made, with it. Of any thread; minutes where it is built.
  // Interrupted; other faults are those of its cells.
  void fetch(const std::string& kernel, std::size_t at_once);

  // Of any thread, when the cell's kernels are fetched. One cell at a time.
  Fate prepare(PreparedCell& cell);

 private:
  Fate decide(PreparedCell& cell);
  bool has_no_row(const PreparedCell& cell);
  void fetch_programs(const std::string& kernel, std::size_t at_once);
  const InnerQemu& inner_qemu();
  Fate faulty(const PreparedCell& cell);

  const Setup setup_;
  Kernels kernels_;
  Cases cases_;
  std::map<std::string, std::set<std::string>> of_suites_;  // a kernel's, known by size_up()
  std::map<std::vector<std::string>, model::CaseDescription> descriptions_;
  std::mutex mutex_;  // of what follows
  std::optional<InnerQemu> inner_qemu_;
  std::vector<std::string> told_;  // faults
};

}  // namespace kproof::sweep
