// Memory slots are deleted, moved, made read-only and logged, under mprotect and running vCPUs: the
// guest sees the memory of the slots there are, and no write to it is lost to the dirty log.
#include <iterator>

#include "kvm/backing.hpp"
#include "kvm/churn.hpp"
#include "kvm/mmu_mode.hpp"

using namespace kproof;
using kvm::churn::Context;

namespace {

struct Behaviour {
  const char* name;
  void (*body)(Context&, lib::Check&);
};

constexpr Behaviour kBehaviours[] = {
    {"a deleted slot is gone, and its memory is there when it comes back", kvm::churn::deleted},
    {"a moved slot is where it was moved to, and only there", kvm::churn::moved},
    {"a write to a read-only slot exits and does not land", kvm::churn::read_only},
    {"the dirty log holds every page written", kvm::churn::logged},
    {"the dirty log holds every page written before and after mprotect",
     kvm::churn::logged_after_mprotect},
    {"KVM_CLEAR_DIRTY_LOG clears what was seen, and no more", kvm::churn::cleared_by_hand},
    {"a copy kept by the dirty log is complete", kvm::churn::copied_by_log},
    {"a copy kept by the cleared dirty log is complete", kvm::churn::copied_by_cleared_log},
    {"every write lands or exits while slots and protections change",
     kvm::churn::writes_among_changes},
};

struct Options {
  std::string_view backing = "anon";
  std::uint64_t size = 0;  // 0: two entries
  double seconds = 0.5;
  unsigned vcpus = 2;

  std::size_t entry() const { return kvm::entry_size(backing); }
  std::uint64_t bytes() const {
    return size ? size : std::max<std::uint64_t>(2 * entry(), 1 << 20);
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
      .name = "kvm/memslot_churn",
      .summary =
          "slots come, go, move and change under mprotect, and no write of the guest is lost",
      .needs = {.kconfig = {"CONFIG_KVM"}, .memory = 512ull << 20, .vcpus = 2, .kvm = true},
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
        .help = "bytes of memory (two of the backing's entries, 1M at least)",
        .size = &options.size},
       {.name = "--seconds", .help = "length of each race (0.5)", .number = &options.seconds},
       {.name = "--vcpus", .help = "that write in the last race (2)", .count = &options.vcpus}});
  if (options.bytes() % (2 * options.entry()) != 0)
    lib::usage_error("--size must be a multiple of %zu KiB (two entries)",
                     2 * options.entry() >> 10);
  if (options.vcpus == 0 || options.vcpus > kvm::kMostVcpus)
    lib::usage_error("--vcpus must be 1 to %u", kvm::kMostVcpus);
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.bytes());
  Context context{
      test, kvm, *provider, {options.bytes(), options.entry(), options.vcpus}, options.seconds};
  test.plan(std::size(kBehaviours));
  prove(test, kvm, *provider, options);
  for (const Behaviour& behaviour : kBehaviours)
    test.run(behaviour.name, [&](lib::Check& check) { behaviour.body(context, check); });
  return test.finish();
}
