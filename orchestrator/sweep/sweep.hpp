// A whole run: from a plan to its report.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "host/accel.hpp"
#include "model/plan.hpp"
#include "model/plan_text.hpp"
#include "plan/cells.hpp"
#include "report/run_report.hpp"
#include "run/stop.hpp"
#include "series/matrix.hpp"
#include "source/fetch.hpp"
#include "sweep/inspection.hpp"
#include "sweep/installation.hpp"
#include "sweep/libvirt_session.hpp"
#include "sweep/listener.hpp"
#include "sweep/visit.hpp"

namespace kproof::sweep {

struct SweepOptions {
  model::Plan plan;
  model::PlanTexts texts;  // of the plan, for the manifest
  plan::Filter filter;
  std::filesystem::path out;          // results; created
  std::string connect;                // libvirt URI, "" for the embedded driver
  std::optional<model::Accel> accel;  // empty: auto
  bool fresh = false;                 // run also what an earlier run in `out` has finished
  bool as_root = false;               // where kproof is root, so are make and QEMU
  unsigned retry = 0;          // further repetitions of what is not as expected (retries.hpp)
  unsigned until_fail = 1;     // rounds of all cells, at most, until something is not as expected
  unsigned jobs = 0;           // cells at once, at most; 0: what the host has room for
  std::string cache_budget{};  // cache::budget_of() has it
  bool dump_on_hang = false;   // keep the memory of an L1 that hangs
  // How a kernel of the plan is made bootable.
  std::function<model::KernelArtifact(const model::KernelSpec&, const source::Settings&)> fetch =
      [](const auto& spec, const auto& settings) { return source::fetch(spec, settings); };
  // The kernels that the cells are of, where they are a base and its patches: then the report has
  // their matrix, and one that does not build (source::Unbuildable) is a row that says so, without
  // cells.
  std::vector<series::Row> series;
  // A kernel that does not build makes its cells broken; or, with this, ends the run, for a caller
  // to whom it means something.
  bool unbuildable_ends = false;
  // A command in the place of the one case that the filter leaves; borrowed.
  const Visit* visit = nullptr;
  // That one cell is looked at; borrowed.
  const Inspection* inspection = nullptr;
  std::function<void(const Inspected&)> on_inspected = {};
  // When guests are held for their user to look at (run/hold.hpp).
  run::HoldWishes hold{};
  // For more than one sweep in a process; borrowed.
  LibvirtSession* libvirt = nullptr;
};

// ConfigError and HostError for what makes the run as a whole impossible: before the run directory
// is claimed, or when the plan's mistakes leave no cell. Any other fault of a kernel or cell is
// that cell's result: broken. results.json and junit.xml are written also when the run is stopped.
report::RunReport run_sweep(const SweepOptions& options, const run::StopRequest& stop,
                            const SweepListener& listener);

}  // namespace kproof::sweep
