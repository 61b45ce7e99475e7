// A cell with everything that its guests need, before anything boots.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "image/image.hpp"
#include "image/modules.hpp"
#include "kernel/kconfig.hpp"
#include "model/case.hpp"
#include "model/plan.hpp"
#include "run/deadlines.hpp"
#include "sweep/installation.hpp"
#include "sweep/machine.hpp"

namespace kproof::sweep {

// A kernel of the plan, fetched, with what cells ask of it.
struct Kernel {
  model::KernelArtifact artifact;
  kernel::Kconfig config;
  image::ModuleIndex modules;
  image::NeedsOf needs_of = image::remembering();
};

// One guest of the cell.
struct PreparedLevel {
  model::Level level;  // the plan's, raised to what its case and the guest inside need
  model::KernelArtifact kernel;
  bool realtime = false;               // that kernel is a PREEMPT_RT one
  std::string program;                 // the case it runs, "" for none
  std::vector<std::string> args;       // the plan's
  std::vector<std::string> argv;       // how the agent starts it
  model::CaseDescription description;  // of that case
  std::vector<std::string> cmdline;    // for its detectors, of the case, for the guest inside
  image::ImageArtifact image;          // holds the kernel and the image of the guest inside
  std::string emulator;                // path in `image` of the QEMU for the guest inside
  run::Deadlines deadlines;
};

struct PreparedCell {
  model::Cell cell;
  std::vector<PreparedLevel> levels;  // L1 first; as many as the topology has
  std::vector<std::string> unmet;  // "the kernel has no module nfit": nothing is booted, it is skip
  std::vector<std::string> missing;  // the same of what the topology declares: it is miss
  std::string inputs;                // of all of the above (inputs.hpp): equal inputs, equal cell
  bool quiet = false;                // it measures time: no other cell runs beside it
  // Of one that a user's command visits: why that has none of the host's files; empty: it has.
  std::vector<std::string> no_files;
};

// Does L<index + 1> need KVM: for its case, or for the guest inside? Pure.
bool runs_guests(const PreparedCell& cell, std::size_t index);

// The names of the kernels of its levels, without repetition. Pure.
std::vector<std::string> kernels_of(const PreparedCell& cell);

// The level, no smaller than the case needs. Pure.
model::Level raise(model::Level level, const model::CaseNeeds& needs);

// The level, with what it must have for the guest inside: an NVDIMM or a pool of 1 GiB pages where
// that guest's RAM comes from. Pure.
void make_room(model::Level& level, const model::Level& inner, std::vector<std::string>& cmdline);

// ConfigError, with the numbers, when the memory of a level cannot hold the guest inside. Pure.
void require_tree_fits(const model::Topology& topology, const std::vector<model::Level>& levels);

// ConfigError when the kernel of level `index` would not read the whole of its command line. Pure.
void require_cmdline_fits(const model::Topology& topology, std::size_t index,
                          const std::string& cmdline);

// What to say behind a kconfig symbol that is not set: FragmentIndex::hint(), asked only then.
using SymbolHint = std::function<std::string(const std::string& symbol)>;

// What the kernel lacks of the case's needs, one sentence each. Pure, but for the hint.
std::vector<std::string> unmet_needs(const Kernel& kernel, const model::CaseNeeds& needs,
                                     const image::ModuleClosure& closure,
                                     const SymbolHint& hint = {});

// Paths inside the image of a guest that holds another.
inline constexpr const char* inner_kernel = "/inner/kernel";
inline constexpr const char* inner_initramfs = "/inner/initramfs";

// The QEMU of the levels that hold a guest.
struct InnerQemu {
  std::string program;           // its path in the image
  image::ImageArtifact segment;  // it, its libraries and its data
};

// What a case's program declares.
using Describe = std::function<const model::CaseDescription&(const std::string& program,
                                                             const std::vector<std::string>& args)>;

// The cell with the programs and the sizes of its guests: all that is known of what it takes from
// the host, before a kernel is fetched or built. ConfigError as require_tree_fits() has it.
PreparedCell size_up(const model::Cell& cell, const Describe& describe);

// What of a case is in the image.
struct CaseProgram {
  image::Files files;
  std::vector<std::string> argv;  // how it is started there
  bool emulator = false;          // it starts QEMU itself
  std::string lacks;              // why there is none: the cell is skip
};

struct Visit;
struct Inspection;

// What prepare() asks for by name, or only where a topology has several levels.
struct Catalogue {
  std::function<const InnerQemu&()> qemu;
  std::function<const Kernel&(const std::string& kernel)> kernel;  // "": the kernel under test
  std::function<CaseProgram(const std::string& name, const std::vector<std::string>& args)> program;
  const Visit* visit = nullptr;  // a user's command runs in the place of the case; borrowed
  const Inspection* inspection = nullptr;  // borrowed
  bool held = false;                       // a user may want to look at it (run::HoldWishes)
};

// `sized`, with all the rest.
PreparedCell prepare(PreparedCell sized, const Catalogue& catalogue, const model::Limits& limits,
                     const Machine& machine, const Installation& installation,
                     const std::filesystem::path& images);

}  // namespace kproof::sweep
