// The guest never sees or writes what the host's mapping does not allow or no longer holds.
#include "kvm/backing.hpp"
#include "kvm/race.hpp"
#include "kvm/stale.hpp"

using namespace kproof;
using kvm::Context;

namespace {

bool entries_have_halves(const mm::Provider& provider) {
  return provider.words_per_entry() > 1;
}

// Of which a page can be held back (HeldPage).
bool is_small_anonymous(const mm::Provider& provider) {
  return kvm::is_anonymous(provider) && !provider.is_huge();
}

bool is_huge_anonymous(const mm::Provider& provider) {
  return kvm::is_anonymous(provider) && provider.is_huge();
}

// Of a devdax mm/*_entries and kvm/invalidation have it: its huge PUDs get lost.
bool can_be_moved(const mm::Provider& provider) {
  return provider.kind() != mm::Kind::devdax;
}

// KSM takes anonymous memory alone (vma_ksm_compatible); and of that alone it is certain that it
// can be migrated.
constexpr kvm::Behaviour<Context> kBehaviours[] = {
    {"a guest's write after PROT_READ is refused", kvm::stale::write_after_read_only},
    {"a guest's read and write after PROT_NONE are refused", kvm::stale::access_after_none},
    {"data survives every toggle", kvm::stale::data_survives_toggles},
    {"PROT_READ of half the range binds that half only", kvm::stale::half_the_range},
    {"PROT_READ of half an entry binds that half or nothing", kvm::stale::half_an_entry,
     entries_have_halves},
    {"a guest's read and write after munmap are refused", kvm::stale::unmapped},
    {"the guest sees memory that replaced its own", kvm::stale::replaced},
    {"the guest sees what is left after MADV_DONTNEED", kvm::stale::dropped},
    {"the guest sees the hole that the host punches", kvm::stale::punched, kvm::is_shared_file},
    {"a guest's write of a page that KSM has merged changes that one alone", kvm::stale::merged,
     kvm::is_anonymous},
    {"guest and host see the same copy of what a child shares", kvm::stale::copied_on_write,
     kvm::can_be_copied},
    {"the guest follows pages that migrate", kvm::stale::migrated, kvm::is_anonymous},
    {"the guest follows small pages that become a huge one", kvm::stale::collapsed,
     is_huge_anonymous},
    {"the guest does not follow memory that mremap takes away", kvm::stale::moved_away,
     can_be_moved},
    {"the guest does not follow memory whose place mremap leaves empty", kvm::stale::moved_and_left,
     kvm::is_anonymous},
    {"what is changed beyond a slot's ends binds the slot", kvm::stale::slot_of_a_part},
    {"what is changed of two slots binds both", kvm::stale::two_slots},
    {"what is changed of memory in two slots binds both", kvm::stale::memory_of_two_slots},
    {"what is changed binds a vCPU in System Management Mode", kvm::stale::memory_of_smm},
    {"nothing of a process's memory stays mapped when it ends before its VM",
     kvm::stale::left_by_its_process},
    {"a fault waits for the first of two changes that are under way",
     kvm::stale::amid_two_invalidations, is_small_anonymous},
    {"no write of a running vCPU lands while read-only", kvm::stale::running_meets_read_only},
    {"no write of a running vCPU lands under PROT_NONE", kvm::stale::running_meets_none},
    {"no write of a vCPU that is preempted amid a fault lands while read-only",
     kvm::stale::preempted_meets_read_only},
    {"a running vCPU writes to memory that replaced its own", kvm::stale::running_sees_replaced},
};

}  // namespace

int main(int argc, char** argv) {
  kvm::RegionOptions options;
  const lib::Description description{
      .name = "kvm/stale_mapping",
      .summary = "the guest's view of its memory is the host's, whatever mprotect and munmap do",
      .needs = {.kconfig = {"CONFIG_KVM"}, .memory = 512ull << 20, .vcpus = 2, .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "spte_size", "vcpu_ran_elsewhere"},
      .needs_of_options = [&](lib::Needs& needs) { options.add_needs(needs); },
  };
  lib::Case test(argc, argv, description, options.list());
  options.check();
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.bytes());
  Context context{test, kvm, *provider, {options.bytes(), options.entry()}, options.seconds};
  kvm::plan_behaviours(context, kBehaviours);
  {
    kvm::Machine machine(kvm, *provider, {context.shape.size, context.shape.guest_page});
    kvm::prove_region(test, kvm, *provider, machine, options);
    kvm::prove_vcpu_elsewhere(test, machine);
  }
  kvm::run_behaviours(context, kBehaviours);
  return test.finish();
}
