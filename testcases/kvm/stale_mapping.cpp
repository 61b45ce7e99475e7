// The guest never sees or writes what the host's mapping does not allow or no longer holds.
#include <iterator>

#include "kvm/backing.hpp"
#include "kvm/mmu_mode.hpp"
#include "kvm/stale.hpp"

using namespace kproof;
using kvm::stale::Context;

namespace {

struct Behaviour {
  const char* name;
  void (*body)(Context&, lib::Check&);
};

constexpr Behaviour kBehaviours[] = {
    {"a guest's write after PROT_READ is refused", kvm::stale::write_after_read_only},
    {"a guest's read and write after PROT_NONE are refused", kvm::stale::access_after_none},
    {"data survives every toggle", kvm::stale::data_survives_toggles},
    {"PROT_READ of half the range binds that half only", kvm::stale::half_the_range},
    {"PROT_READ of half an entry binds that half or nothing", kvm::stale::half_an_entry},
    {"a guest's read and write after munmap are refused", kvm::stale::unmapped},
    {"the guest sees memory that replaced its own", kvm::stale::replaced},
    {"the guest sees what is left after MADV_DONTNEED", kvm::stale::dropped},
    {"no write of a running vCPU lands while read-only", kvm::stale::running_meets_read_only},
    {"no write of a running vCPU lands under PROT_NONE", kvm::stale::running_meets_none},
    {"a running vCPU writes to memory that replaced its own", kvm::stale::running_sees_replaced},
};

struct Options {
  std::string_view backing = "anon";
  std::uint64_t size = 0;  // 0: two entries
  double seconds = 0.5;

  std::size_t entry() const { return kvm::entry_size(backing); }
  std::uint64_t bytes() const {
    return size ? size : std::max<std::uint64_t>(2 * entry(), 64 << 10);
  }
};

void prove(lib::Case& test, const kvm::Kvm& kvm, mm::Provider& provider, const Options& options) {
  kvm.prove_api(test);
  kvm::Machine machine(kvm, provider, {options.bytes(), options.entry()});
  kvm::prove_mmu_mode(test, machine.vcpu(), machine.tables());
  kvm::prove_backing(test, options.backing, provider, machine.region());
  kvm::prove_spte_size(test, machine, options.entry());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  const lib::Description description{
      .name = "kvm/stale_mapping",
      .summary = "the guest's view of its memory is the host's, whatever mprotect and munmap do",
      .needs = {.kconfig = {"CONFIG_KVM"}, .memory = 512ull << 20, .vcpus = 2},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "spte_size"},
      .needs_of_options =
          [&](lib::Needs& needs) {
            kvm::add_backing_needs(needs, options.backing, options.bytes());
          },
  };
  lib::Case test(
      argc, argv, description,
      {kvm::backing_option(&options.backing),
       {.name = "--size",
        .help = "bytes of memory (two of the backing's entries)",
        .size = &options.size},
       {.name = "--seconds", .help = "length of each race", .number = &options.seconds}});
  if (options.bytes() % (2 * options.entry()) != 0)
    lib::usage_error("--size must be a multiple of %zu KiB (two entries)",
                     2 * options.entry() >> 10);
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.bytes());
  Context context{test, kvm, *provider, {options.bytes(), options.entry()}, options.seconds};
  test.plan(std::size(kBehaviours));
  prove(test, kvm, *provider, options);
  for (const Behaviour& behaviour : kBehaviours)
    test.run(behaviour.name, [&](lib::Check& check) { behaviour.body(context, check); });
  return test.finish();
}
