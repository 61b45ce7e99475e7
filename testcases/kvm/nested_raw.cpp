// A guest that is a hypervisor: its guest's view of memory follows the host and the hypervisor.
#include "kvm/nested_raw.hpp"

#include "kvm/backing.hpp"
#include "kvm/race.hpp"

using namespace kproof;
using kvm::tables::TablesContext;

namespace {

constexpr kvm::Behaviour<TablesContext> kBehaviours[] = {
    {"L2's write after PROT_READ is refused", kvm::nested::read_only},
    {"L2's read after PROT_NONE is refused", kvm::nested::no_access},
    {"L2 sees memory that replaced its own, and none after munmap", kvm::nested::replaced},
    {"L1's write and that of an L2 without nested page tables are refused alike",
     kvm::nested::both_read_only},
    {"the dirty log holds every page that L2 wrote", kvm::nested::logged},
    {"the cleared dirty log holds every page that L2 wrote", kvm::nested::logged_and_cleared},
    {"page_idle: what L2 reads is young, the rest stays idle", kvm::nested::used_pages},
    {"no write of a running L2 lands while read-only", kvm::nested::running_meets_read_only},
    {"no write of a running L2 lands under PROT_NONE", kvm::nested::running_meets_none},
    {"an entry that L1 made read-only refuses L2's write", kvm::nested::entry_read_only},
    {"an entry that L1 made another page's leads L2 there", kvm::nested::entry_of_other_page},
    {"an entry that is not present refuses L2, until it is again", kvm::nested::entry_not_present},
    {"an entry goes from a table to 2 MiB and back", kvm::nested::entry_large},
    {"L2's accesses set Accessed and Dirty in L1's entries", kvm::nested::entry_bits},
};

}  // namespace

int main(int argc, char** argv) {
  kvm::RegionOptions options{.least = 2 * kvm::kPage2M};
  const lib::Description description{
      .name = "kvm/nested_raw",
      .summary = "a guest's guest: its memory is what the host has and its hypervisor maps",
      .needs = {.kconfig = {"CONFIG_KVM"}, .memory = 512ull << 20, .vcpus = 2, .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "spte_size", "l2_ran", "l2_sptes",
                   "vcpu_ran_elsewhere"},
  };
  lib::Case test(
      argc, argv, description,
      {{.name = "--seconds", .help = "length of each race (0.5)", .number = &options.seconds}});
  const kvm::Kvm kvm;
  if (const std::string missing = kvm::NestedSvm::missing(kvm); !missing.empty())
    lib::ktap::skip_all("%s", missing.c_str());
  const auto provider = kvm::provide(options.backing, options.bytes());
  TablesContext context{{test, kvm, *provider, {options.bytes()}, options.seconds}, {}};
  kvm::plan_behaviours(context, kBehaviours);
  {
    kvm::Machine machine(kvm, *provider, context.shape);
    context.mode = kvm::prove_region(test, kvm, *provider, machine, options);
    kvm::prove_vcpu_elsewhere(test, machine);
  }
  kvm::nested::prove_l2(context);
  kvm::run_behaviours(context, kBehaviours);
  return test.finish();
}
