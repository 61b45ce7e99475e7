#include "sweep/prepare.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sweep/detectors.hpp"
#include "sweep/fragments.hpp"
#include "sweep/inputs.hpp"
#include "sweep/inspection.hpp"
#include "sweep/visit.hpp"
#include "util/error.hpp"
#include "vm/domain_xml.hpp"

namespace kproof::sweep {
using model::Backing;

bool runs_guests(const PreparedCell& cell, std::size_t index) {
  return index + 1 < cell.levels.size() || cell.levels[index].description.needs.kvm;
}

std::vector<std::string> kernels_of(const PreparedCell& cell) {
  std::vector<std::string> names;
  for (const model::Level& level : cell.cell.topology.levels) {
    const std::string& name = level.kernel.empty() ? cell.cell.kernel.name : level.kernel;
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

model::Level raise(model::Level level, const model::CaseNeeds& needs) {
  level.memory = std::max(level.memory, needs.memory);
  level.vcpus = std::max(level.vcpus, needs.vcpus);
  level.nvdimm = std::max(level.nvdimm, needs.nvdimm);
  return level;
}

void make_room(model::Level& level, const model::Level& inner, std::vector<std::string>& cmdline) {
  constexpr std::uint64_t kGiB = 1ull << 30;
  if (is_devdax(inner.backing))  // the first GiB goes to metadata and alignment
    level.nvdimm = std::max(level.nvdimm, (inner.memory + 2 * kGiB - 1) / kGiB * kGiB);
  if (inner.backing == Backing::hugetlb_1g) {  // to be had for sure only at boot
    cmdline.push_back("hugepagesz=1G");
    cmdline.push_back(fmt::format("hugepages={}", inner.memory / kGiB));
  }
}

// What a level's kernel, its agent and QEMU need beside the guest's RAM; measured: an L1 of Debian
// 6.12 whose initramfs holds QEMU has 190 MiB less than it was given, and QEMU itself takes 60.
static constexpr std::uint64_t kAroundInner = 320ull << 20;

void require_tree_fits(const model::Topology& topology, const std::vector<model::Level>& levels) {
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const model::Level& inner = levels[i + 1];
    const std::uint64_t in_ram = is_devdax(inner.backing) ? 0 : inner.memory;
    const std::uint64_t need = in_ram + inner.nvdimm + kAroundInner;
    if (levels[i].memory >= need) continue;
    throw ConfigError(
        fmt::format("{}: topology `{}`: L{} has {} of memory, and needs {} for the RAM of L{}, {} "
                    "for its NVDIMM and {} for itself and QEMU",
                    topology.place, topology.name, i + 1, util::format_size(levels[i].memory),
                    util::format_size(in_ram), i + 2, util::format_size(inner.nvdimm),
                    util::format_size(kAroundInner)),
        fmt::format("give L{} `memory: {}M`, or L{} less", i + 1, (need >> 20), i + 2));
  }
}

// arch/x86/include/asm/setup.h: COMMAND_LINE_SIZE, with the NUL behind it. The kernel cuts what is
// longer, without a word.
static constexpr std::size_t kCommandLineSize = 2048;

void require_cmdline_fits(const model::Topology& topology, std::size_t index,
                          const std::string& cmdline) {
  if (cmdline.size() < kCommandLineSize) return;
  throw ConfigError(
      fmt::format("{}: topology `{}`: the kernel's command line of L{} has {} bytes, and a kernel "
                  "reads {} of them: ... {}",
                  topology.place, topology.name, index + 1, cmdline.size(), kCommandLineSize - 1,
                  cmdline.substr(cmdline.size() - 60)),
      "shorten `cmdline:` or `params:` of that level");
}

std::vector<std::string> unmet_needs(const Kernel& kernel, const model::CaseNeeds& needs,
                                     const image::ModuleClosure& closure, const SymbolHint& hint) {
  std::vector<std::string> unmet;
  for (const std::string& symbol : needs.kconfig)
    if (kernel.config.enabled(symbol) == kernel::Setting::no)
      unmet.push_back(
          fmt::format("{} is not set in the kernel's config{}", symbol, hint ? hint(symbol) : ""));
  for (const image::MissingModule& module : closure.missing)
    unmet.push_back(module.needed_by.empty()
                        ? fmt::format("the kernel has no module {}", module.name)
                        : fmt::format("the kernel has no module {}, which {} needs", module.name,
                                      module.needed_by));
  return unmet;
}

static void place(PreparedCell& cell, std::size_t index, const std::string& program,
                  const std::vector<std::string>& args, const Describe& describe) {
  PreparedLevel& level = cell.levels[index];
  level.program = program;
  level.args = args;
  level.description = describe(program, args);
  level.cmdline = level.description.needs.cmdline;
  cell.quiet |= level.description.quiet;
}

// The case runs in the innermost guest; one that runs around a guest, one level above.
static void place_programs(PreparedCell& cell, const Describe& describe) {
  const std::size_t innermost = cell.levels.size() - 1;
  const model::PlanCase& test = cell.cell.test;
  const std::string inside =
      test.inside ? test.inside->name : describe(test.name, test.args).inside;
  if (inside.empty()) return place(cell, innermost, test.name, test.args, describe);
  if (innermost == 0) {
    cell.unmet.push_back(test.name + " runs around a guest, and the topology has one level");
    return place(cell, innermost, test.name, test.args, describe);
  }
  place(cell, innermost - 1, test.name, test.args, describe);
  place(cell, innermost, inside, test.inside ? test.inside->args : std::vector<std::string>{},
        describe);
}

PreparedCell size_up(const model::Cell& cell, const Describe& describe) {
  PreparedCell sized{.cell = cell, .levels = {}};
  sized.levels.resize(cell.topology.levels.size());
  place_programs(sized, describe);
  std::vector<model::Level> levels;
  for (std::size_t i = 0; i < sized.levels.size(); ++i) {
    PreparedLevel& level = sized.levels[i];
    level.level = raise(cell.topology.levels[i], level.description.needs);
    if (i > 0) make_room(sized.levels[i - 1].level, level.level, sized.levels[i - 1].cmdline);
  }
  for (const PreparedLevel& level : sized.levels)
    levels.push_back(level.level);
  require_tree_fits(cell.topology, levels);
  return sized;
}

namespace {

// Makes the levels of one cell, the innermost first: what is outside holds what is inside.
class Preparation {
 public:
  Preparation(PreparedCell sized, const Catalogue& catalogue, const model::Limits& limits,
              const Machine& machine, const Installation& installation,
              const std::filesystem::path& images)
      : catalogue_(catalogue),
        limits_(limits),
        machine_(machine),
        installation_(installation),
        images_(images),
        prepared_(std::move(sized)) {}

  PreparedCell make() {
    for (std::size_t i = prepared_.levels.size(); i-- > 0;)
      make_level(i);
    prepared_.inputs = to_string(inputs_of(prepared_, machine_));
    return std::move(prepared_);
  }

 private:
  void make_level(std::size_t index);
  void add_program(PreparedLevel& level, image::ImageSpec& image);
  void note_nesting();
  unsigned slowness_at(std::size_t index) const;
  void set_detectors(std::size_t index, const kernel::Kconfig& config);
  image::ModuleClosure choose_modules(std::size_t index, const Kernel& kernel);
  std::string hint(const std::string& symbol) const {
    return FragmentIndex::load(installation_.fragments()).hint(symbol);
  }
  bool is_visited(std::size_t index) const {
    return catalogue_.visit && catalogue_.visit->level == index + 1;
  }
  std::vector<std::string> modules_of_visit(std::size_t index, const Kernel& kernel);
  std::vector<std::string> modules_of_inspection(std::size_t index, const Kernel& kernel) const;

  const Catalogue& catalogue_;
  const model::Limits& limits_;
  const Machine& machine_;
  const Installation& installation_;
  const std::filesystem::path& images_;
  PreparedCell prepared_;
};

}  // namespace

// Known before the boot; once for all levels.
void Preparation::note_nesting() {
  auto& missing = prepared_.missing;
  if (!machine_.no_nesting.empty() &&
      std::ranges::find(missing, machine_.no_nesting) == missing.end())
    missing.push_back(machine_.no_nesting);
}

// Modules of the case and those of the topology are apart: what lacks is skip or miss.
image::ModuleClosure Preparation::choose_modules(std::size_t index, const Kernel& kernel) {
  const PreparedLevel& level = prepared_.levels[index];
  const bool outer = index + 1 < prepared_.levels.size();
  const auto close = [&](const std::vector<std::string>& wanted) {
    return image::close_over(kernel.modules, wanted, kernel.needs_of);
  };
  std::vector<std::string> of_topology;
  if (runs_guests(prepared_, index)) {
    of_topology.push_back(machine_.kvm_module);
    note_nesting();
  }
  if (outer && is_devdax(prepared_.levels[index + 1].level.backing))
    for (const char* module : {"libnvdimm", "nfit", "nd_pmem", "device_dax", "dax_pmem"})
      of_topology.emplace_back(module);
  for (const auto& fact : unmet_needs(kernel, {}, close(of_topology)))
    prepared_.missing.push_back(fact);
  std::vector<std::string> wanted = image::transport_modules;
  const auto& of_case = level.description.needs.modules;
  wanted.insert(wanted.end(), of_case.begin(), of_case.end());
  const auto fragment_of = [&](const std::string& symbol) { return hint(symbol); };
  for (const auto& fact : unmet_needs(kernel, level.description.needs, close(wanted), fragment_of))
    prepared_.unmet.push_back(fact);
  wanted.insert(wanted.end(), of_topology.begin(), of_topology.end());
  const auto of_inspection = modules_of_inspection(index, kernel);
  wanted.insert(wanted.end(), of_inspection.begin(), of_inspection.end());
  const auto of_visit = modules_of_visit(index, kernel);
  wanted.insert(wanted.end(), of_visit.begin(), of_visit.end());
  return close(wanted);
}

// Those that bring the host's files, where the kernel can have them.
std::vector<std::string> Preparation::modules_of_visit(std::size_t index, const Kernel& kernel) {
  if (!is_visited(index)) return {};
  const auto fragment_of = [&](const std::string& symbol) { return hint(symbol); };
  if (catalogue_.visit->terminal)
    for (const auto& fact : why_no_terminal(kernel, fragment_of))
      prepared_.unmet.push_back(fact + ", and a shell needs a pty");
  if (index > 0)
    prepared_.no_files = {"a guest inside another is not given them"};
  else
    prepared_.no_files = why_no_files(
        kernel, image::close_over(kernel.modules, kShareModules, kernel.needs_of), fragment_of);
  return prepared_.no_files.empty() ? kShareModules : std::vector<std::string>{};
}

// A kernel without it is read all the same.
std::vector<std::string> Preparation::modules_of_inspection(std::size_t index,
                                                            const Kernel& kernel) const {
  if (index > 0 || !catalogue_.inspection || !catalogue_.inspection->core) return {};
  const bool there =
      image::close_over(kernel.modules, kCoreModules, kernel.needs_of).missing.empty();
  return there ? kCoreModules : std::vector<std::string>{};
}

// A guest inside is as slow as its own kernel and all around it make it.
unsigned Preparation::slowness_at(std::size_t index) const {
  unsigned product = 1;
  for (std::size_t i = 0; i <= index; ++i)
    product *= slowness(catalogue_.kernel(prepared_.levels[i].level.kernel).config);
  return product;
}

// In front of what the case and the plan say, so that theirs counts.
void Preparation::set_detectors(std::size_t index, const kernel::Kconfig& config) {
  PreparedLevel& level = prepared_.levels[index];
  const util::Millis end = level.deadlines.test;
  const unsigned pace = slowness_at(index) << index;
  std::vector<std::string> said = level.cmdline;
  said.insert(said.end(), level.level.cmdline.begin(), level.level.cmdline.end());
  require_coherent(prepared_.cell.topology, index, prepared_.cell.test.name,
                   incoherent(config, end, pace, said));
  const auto words = detector_parameters(config, end, pace);
  level.cmdline.insert(level.cmdline.begin(), words.begin(), words.end());
  // A kernel that panicked stays to be looked at, and its QEMU with it.
  if (catalogue_.held) level.cmdline.insert(level.cmdline.begin(), "panic=0");
}

void Preparation::add_program(PreparedLevel& level, image::ImageSpec& image) {
  if (level.program.empty()) return;
  CaseProgram program = catalogue_.program(level.program, level.args);
  if (!program.lacks.empty()) prepared_.unmet.push_back(program.lacks);
  for (auto& [inside, file] : program.files)
    image.files.emplace_back(inside, file);
  if (program.emulator) image.segments.push_back(catalogue_.qemu().segment);
  level.argv = std::move(program.argv);
}

void Preparation::make_level(std::size_t index) {
  PreparedLevel& level = prepared_.levels[index];
  const bool outer = index + 1 < prepared_.levels.size();
  const Kernel& kernel = catalogue_.kernel(level.level.kernel);
  level.kernel = kernel.artifact;
  image::ImageSpec image{.agent = installation_.agent(),
                         .modules = choose_modules(index, kernel).modules};
  add_program(level, image);
  if (is_visited(index) && (!prepared_.no_files.empty() || !kernel.config.known()))
    for (auto& [inside, file] : programs_of(*catalogue_.visit))
      image.files.emplace_back(inside, file);
  if (catalogue_.held)
    for (auto& [inside, file] : usual_programs())
      image.files.emplace_back(inside, file);
  level.deadlines = run::deadlines(
      limits_, prepared_.cell.test.timeout.value_or(level.description.timeout),
      {machine_.accel, machine_.hypervisor}, static_cast<int>(index) + 1, slowness_at(index));
  if (outer) {
    const PreparedLevel& inner = prepared_.levels[index + 1];
    const InnerQemu& qemu = catalogue_.qemu();
    level.emulator = qemu.program;
    image.segments = {qemu.segment, image::wrap(inner_kernel, inner.kernel.boot_file),
                      image::wrap(inner_initramfs, inner.image)};
    level.deadlines = run::around(level.deadlines, inner.deadlines);
  }
  set_detectors(index, kernel.config);
  level.realtime = kernel.config.enabled("CONFIG_PREEMPT_RT") == kernel::Setting::yes;
  require_cmdline_fits(prepared_.cell.topology, index,
                       vm::kernel_cmdline(level.level, level.cmdline, static_cast<int>(index) + 1));
  level.image = image::make_image(image, images_);
}

PreparedCell prepare(PreparedCell sized, const Catalogue& catalogue, const model::Limits& limits,
                     const Machine& machine, const Installation& installation,
                     const std::filesystem::path& images) {
  return Preparation(std::move(sized), catalogue, limits, machine, installation, images).make();
}

}  // namespace kproof::sweep
