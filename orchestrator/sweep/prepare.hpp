// A cell with everything that its guest needs, before anything boots.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "image/image.hpp"
#include "image/modules.hpp"
#include "kernel/kconfig.hpp"
#include "model/case.hpp"
#include "model/plan.hpp"
#include "run/deadlines.hpp"
#include "sweep/workshop.hpp"

namespace kproof::sweep {

// What of the host makes a difference to a cell.
struct Machine {
  model::Accel accel = model::Accel::tcg;
  std::string qemu;  // version
};

// A kernel of the plan, fetched, with what cells ask of it.
struct Kernel {
  model::KernelArtifact artifact;
  kernel::Kconfig config;
  image::ModuleIndex modules;
};

struct PreparedCell {
  model::Cell cell;
  model::CaseDescription description;
  model::KernelArtifact kernel;
  model::Topology topology;          // the plan's, raised to what the case needs
  std::vector<std::string> cmdline;  // of the case
  image::ImageArtifact image;
  run::Deadlines deadlines;
  std::vector<std::string> unmet;  // "the kernel has no module nfit": then nothing is booted
  std::string inputs;              // hash of all of the above: equal inputs, equal cell
};

// The plan's topology, no smaller than the case needs. Pure.
model::Topology raise(model::Topology topology, const model::CaseNeeds& needs);

// What the kernel lacks of the case's needs, one sentence each. Pure.
std::vector<std::string> unmet_needs(const Kernel& kernel, const model::CaseNeeds& needs,
                                     const image::ModuleClosure& closure);

PreparedCell prepare(const model::Cell& cell, const model::CaseDescription& description,
                     const Kernel& kernel, const model::Limits& limits, const Machine& machine,
                     const Workshop& workshop, const std::filesystem::path& images);

}  // namespace kproof::sweep
