#include "sweep/prepare.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "util/hash.hpp"
#include "vm/domain_xml.hpp"

namespace kproof::sweep {

model::Topology raise(model::Topology topology, const model::CaseNeeds& needs) {
  topology.memory = std::max(topology.memory, needs.memory);
  topology.vcpus = std::max(topology.vcpus, needs.vcpus);
  topology.nvdimm = std::max(topology.nvdimm, needs.nvdimm);
  return topology;
}

std::vector<std::string> unmet_needs(const Kernel& kernel, const model::CaseNeeds& needs,
                                     const image::ModuleClosure& closure) {
  std::vector<std::string> unmet;
  for (const std::string& symbol : needs.kconfig)
    if (kernel.config.enabled(symbol) == kernel::Setting::no)
      unmet.push_back(fmt::format("{} is not set in the kernel's config", symbol));
  for (const image::MissingModule& module : closure.missing)
    unmet.push_back(module.needed_by.empty()
                        ? fmt::format("the kernel has no module {}", module.name)
                        : fmt::format("the kernel has no module {}, which {} needs", module.name,
                                      module.needed_by));
  return unmet;
}

static image::ModuleClosure modules_for(const Kernel& kernel, const model::CaseNeeds& needs) {
  std::vector<std::string> wanted = image::transport_modules;
  wanted.insert(wanted.end(), needs.modules.begin(), needs.modules.end());
  return image::close_over(kernel.modules, wanted);
}

// All that can make a difference, and nothing that cannot (paths, names, times).
static std::string inputs_of(const PreparedCell& cell, const Machine& machine,
                             const Workshop& workshop) {
  vm::GuestSpec guest;
  guest.topology = cell.topology;
  guest.accel = machine.accel;
  guest.cmdline = vm::kernel_cmdline(cell.topology, cell.cmdline);
  util::Hasher hash;
  hash.add(workshop.program)
      .add(cell.kernel.identity)
      .add(cell.image.identity)
      .add(vm::domain_xml(guest));
  for (const std::string& word : cell.cell.test.args)
    hash.add(word);
  hash.add(fmt::format("{} {}", cell.deadlines.test.count(), cell.deadlines.console));
  const model::Expectation& expected = cell.cell.expectation;
  hash.add(to_string(expected.verdict)).add("findings");
  for (const std::string& pattern : expected.findings)
    hash.add(pattern);
  hash.add("subtests");
  for (const std::string& pattern : expected.subtests)
    hash.add(pattern);
  return hash.hex();
}

PreparedCell prepare(const model::Cell& cell, const model::CaseDescription& description,
                     const Kernel& kernel, const model::Limits& limits, const Machine& machine,
                     const Workshop& workshop, const std::filesystem::path& images) {
  PreparedCell prepared{.cell = cell, .description = description, .kernel = kernel.artifact};
  prepared.topology = raise(cell.topology, description.needs);
  prepared.cmdline = description.needs.cmdline;
  const image::ModuleClosure closure = modules_for(kernel, description.needs);
  prepared.unmet = unmet_needs(kernel, description.needs, closure);
  prepared.image = image::make_image(
      {.agent = workshop.agent(),
       .files = {{"/cases/" + cell.test.name, workshop.case_program(cell.test.name)}},
       .modules = closure.modules},
      images);
  prepared.deadlines =
      run::deadlines(limits, cell.test.timeout.value_or(description.timeout), machine.accel);
  prepared.inputs = inputs_of(prepared, machine, workshop);
  return prepared;
}

}  // namespace kproof::sweep
