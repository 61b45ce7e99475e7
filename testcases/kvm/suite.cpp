#include "kvm/suite.hpp"

#include <algorithm>

#include "kvm/backing.hpp"

namespace kproof::kvm {

std::size_t RegionOptions::entry() const {
  return entry_size(backing);
}

std::uint64_t RegionOptions::bytes() const {
  return size ? size : std::max<std::uint64_t>(2 * entry(), least);
}

std::vector<lib::Option> RegionOptions::list() {
  return {backing_option(&backing),
          {.name = "--size",
           .help = "bytes of memory (two of the backing's entries, or a little more)",
           .size = &size},
          {.name = "--seconds", .help = "length of each race", .number = &seconds}};
}

lib::Option RegionOptions::vcpus_option(std::string_view help) {
  return {.name = "--vcpus", .help = help, .count = &vcpus};
}

void RegionOptions::add_needs(lib::Needs& needs) const {
  add_backing_needs(needs, backing, bytes());
}

void RegionOptions::check() const {
  if (bytes() % (2 * entry()) != 0)
    lib::usage_error("--size must be a multiple of %zu KiB (two entries)", 2 * entry() >> 10);
  if (vcpus == 0 || vcpus > kMostVcpus) lib::usage_error("--vcpus must be 1 to %u", kMostVcpus);
}

MmuMode prove_region(lib::Case& test, const Kvm& kvm, mm::Provider& provider, Machine& machine,
                     const RegionOptions& options) {
  kvm.prove_api(test);
  const MmuMode mode = prove_mmu_mode(test, machine.vcpu(), machine.tables());
  prove_backing(test, options.backing, provider, machine.region());
  prove_spte_size(test, machine, options.entry());
  return mode;
}

MmuMode prove_region(const Context& context, const RegionOptions& options) {
  Machine machine(context.kvm, context.provider, {context.shape.size, context.shape.guest_page});
  return prove_region(context.test, context.kvm, context.provider, machine, options);
}

bool fill(Machine& machine, lib::Check& check) {
  const Exit exit = machine.fill(0, machine.words(), 1);
  return check.that(exit.done(), "the guest's writes: %s", exit.text().c_str());
}

}  // namespace kproof::kvm
