// Memory slots are deleted, moved, made read-only and logged, under mprotect and running vCPUs: the
// guest sees the memory of the slots there are, and no write to it is lost to the dirty log.
#include "kvm/backing.hpp"
#include "kvm/churn.hpp"

using namespace kproof;
using kvm::Context;

namespace {

bool is_huge(const mm::Provider& provider) {
  return provider.is_huge();
}

// Of which a page can be held back (HeldPage).
bool is_small_and_private(const mm::Provider& provider) {
  return provider.entry_size() == mm::kPageSize && provider.is_private();
}

constexpr kvm::Behaviour<Context> kBehaviours[] = {
    {"a deleted slot is gone, and its memory is there when it comes back", kvm::churn::deleted},
    {"a deleted slot is gone where KVM zaps no more than that", kvm::churn::deleted_alone},
    {"a moved slot is where it was moved to, and only there", kvm::churn::moved},
    {"a slot that is moved by a small page holds the same memory", kvm::churn::moved_by_a_page},
    {"a slot begins and ends where it does, amid a huge page, too", kvm::churn::ends_amid_entries},
    {"a write to a read-only slot exits and does not land", kvm::churn::read_only},
    {"a slot is not made read-only in its place, or is so at once", kvm::churn::made_read_only},
    {"a slot that overlaps another is refused, and so are another memory and size",
     kvm::churn::overlapping},
    {"the dirty log holds every page written", kvm::churn::logged},
    {"the dirty log holds every page written before and after mprotect",
     kvm::churn::logged_after_mprotect},
    {"the dirty log holds what KVM itself writes for the guest", kvm::churn::logged_of_kvm},
    {"KVM_CLEAR_DIRTY_LOG clears what was seen, and no more", kvm::churn::cleared_by_hand},
    {"KVM_CLEAR_DIRTY_LOG reaches the end of a slot of any size", kvm::churn::cleared_to_the_end},
    {"KVM_CLEAR_DIRTY_LOG of what is behind a slot is refused", kvm::churn::cleared_beyond},
    {"a dirty log that is full at first holds every page written after it was cleared",
     kvm::churn::full_at_first},
    {"large SPTEs come back when the dirty log ends", kvm::churn::large_again, is_huge},
    {"a copy kept by the dirty log is complete", kvm::churn::copied_by_log},
    {"a copy kept by the cleared dirty log is complete", kvm::churn::copied_by_cleared_log},
    {"a slot that comes amid an invalidation leaves the VM alive",
     kvm::churn::comes_amid_invalidation, is_small_and_private},
    {"a fault that was under way while all was zapped leaves nothing behind",
     kvm::churn::zapped_amid_fault, is_small_and_private},
    {"every write lands or exits while slots and protections change",
     kvm::churn::writes_among_changes},
};

}  // namespace

int main(int argc, char** argv) {
  kvm::RegionOptions options{.least = 1 << 20, .vcpus = 2};
  const lib::Description description{
      .name = "kvm/memslot_churn",
      .summary =
          "slots come, go, move and change under mprotect, and no write of the guest is lost",
      .needs = {.kconfig = {"CONFIG_KVM"}, .memory = 512ull << 20, .vcpus = 2, .kvm = true},
      .evidence = {"kvm_api", "mmu_mode", "backing_size", "spte_size"},
      .needs_of_options = [&](lib::Needs& needs) { options.add_needs(needs); },
  };
  auto list = options.list();
  list.push_back(options.vcpus_option("that write in the last race (2)"));
  lib::Case test(argc, argv, description, list);
  options.check();
  const kvm::Kvm kvm;
  const auto provider = kvm::provide(options.backing, options.bytes());
  Context context{
      test, kvm, *provider, {options.bytes(), options.entry(), options.vcpus}, options.seconds};
  kvm::plan_behaviours(context, kBehaviours);
  kvm::prove_region(context, options);
  kvm::run_behaviours(context, kBehaviours);
  return test.finish();
}
