// Page tables of the guest that change: the next access goes by what stands there.
#include "kvm/guest_tables.hpp"

#include "kvm/backing.hpp"
#include "kvm/race.hpp"

using namespace kproof;
using kvm::tables::TablesContext;

namespace {

// An SPTE of 2 MiB would leave the guest's second page no fault by which KVM could see the change.
bool is_mapped_by_4k(const mm::Provider& provider) {
  return provider.words_per_entry() == 1;
}

constexpr kvm::Behaviour<TablesContext> kBehaviours[] = {
    {"a PTE made read-only refuses the guest's write", kvm::tables::read_only},
    {"a PTE of another page leads there", kvm::tables::other_page},
    {"a PTE that is not present faults, and counts at once when it is again",
     kvm::tables::not_present},
    {"a PTE of no memory exits with KVM_EXIT_MMIO", kvm::tables::no_memory},
    {"NX of a PTE and of a PDE refuses a fetch", kvm::tables::no_execute},
    {"CR0.WP off lets a supervisor write what is read-only", kvm::tables::write_protect_off},
    {"a PDE goes from a table to 2 MiB and back", kvm::tables::large_and_small},
    {"a PDE may be written many times", kvm::tables::flooded},
    {"entries of levels 2, 3 and 4 lead to other tables", kvm::tables::upper_levels},
    {"roots that share a table see it as it is", kvm::tables::roots_that_share},
    {"Accessed is set by a read, Dirty by a write", kvm::tables::accessed_and_dirty},
    {"Accessed and Dirty of 2 MiB are set likewise", kvm::tables::accessed_and_dirty_large},
    {"Accessed and Dirty that were cleared are set again", kvm::tables::cleared_bits},
    {"the dirty log holds page tables in which Accessed or Dirty was set",
     kvm::tables::logged_tables},
    {"the host makes a PTE one of no memory, and back", kvm::tables::host_to_no_memory},
    {"the host makes 2 MiB other 2 MiB, and the first go", kvm::tables::host_moves_large,
     is_mapped_by_4k},
    {"the host makes 2 MiB a table of others, and the first go", kvm::tables::host_makes_table,
     is_mapped_by_4k},
    {"the host makes a table other 2 MiB, and the first go", kvm::tables::host_makes_large},
    {"the host rewrites a PDE under a running vCPU", kvm::tables::host_rewrites_under_vcpu},
};

}  // namespace

int main(int argc, char** argv) {
  kvm::RegionOptions options{.least = 2 * kvm::kPage2M};
  const lib::Description description{
      .name = "kvm/guest_tables",
      .summary = "guest page tables that guest and host rewrite: the next access goes by them",
      .needs = {.kconfig = {"CONFIG_KVM"}, .memory = 512ull << 20, .vcpus = 2, .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "spte_size", "kvm_followed",
                   "vcpu_ran_elsewhere"},
      .needs_of_options = [&](lib::Needs& needs) { options.add_needs(needs); },
  };
  lib::Case test(
      argc, argv, description,
      {{.name = "--backing",
        .help = "what guest memory is made of (anon)",
        .choice = &options.backing,
        .choices = {"anon", "thp"}},
       {.name = "--seconds", .help = "length of the race (0.5)", .number = &options.seconds}});
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.bytes());
  TablesContext context{{test, kvm, *provider, {options.bytes()}, options.seconds}, {}};
  kvm::plan_behaviours(context, kBehaviours);
  {
    kvm::Machine machine(kvm, *provider, {options.bytes(), options.entry()});
    context.mode = kvm::prove_region(test, kvm, *provider, machine, options);
    kvm::prove_vcpu_elsewhere(test, machine);
  }
  kvm::run_behaviours(context, kBehaviours);
  return test.finish();
}
