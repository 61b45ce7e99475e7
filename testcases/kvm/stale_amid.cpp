// A fault while two changes of the VM's memory are under way.
#include <sys/mman.h>

#include "kvm/meanwhile.hpp"
#include "kvm/stale.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::stale {

static constexpr unsigned kFewestMet = 6, kMostRounds = 24;

static void populate_all(const mm::Region& region) {
  for (std::size_t word = 0; word < region.words(); ++word)
    *region.word(word) = 1;
}

static void drop(const mm::Region& region) {
  lib::safe::madvise(region.base(), region.length(), MADV_DONTNEED);
}

// The guest writes to the end of the region while that is dropped from its beginning on, and its
// last page is there for a while. True if other memory was dropped amid that.
static bool write_amid(Machine& machine, const mm::Region& other, std::size_t word,
                       const NotifierCounters& counters, lib::Check& check) {
  const Meanwhile change([&] { drop(machine.region()); }, counters);
  drop(other);
  const bool amid = !change.over();
  const Exit exit = machine.write(word, 2);
  check.that(exit.done(), "amid MADV_DONTNEED: the guest's write: %s", exit.text().c_str());
  return amid;
}

// KVM remembers one range of addresses for all invalidations that are under way, and a fault in it
// waits (kvm_mmu_invalidate_range_add()). If the second took the place of the first, a fault in the
// first would make an SPTE of a page that is about to go. MADV_DONTNEED, as two mprotects of one
// process wait for each other.
void amid_two_invalidations(Context& context, lib::Check& check) {
  if (notified_vms() == 0) return check.skip("the notifier's calls cannot be counted");
  Machine machine(context.kvm, context.provider, {.size = kSizeOfInvalidation});
  const mm::Region &region = machine.region(), other(context.provider, kPage2M);
  machine.vm().set({.id = kSecondSlot,
                    .gpa = machine.gpa_behind(),
                    .size = other.length(),
                    .host = other.base()});
  const std::size_t last = region.words() - 1;
  const NotifierCounters counters(hva_range(region), notified_vms());
  unsigned met = 0;
  for (unsigned round = 0; round < kMostRounds && met < kFewestMet && check.ok(); ++round) {
    populate_all(region);
    populate_all(other);
    if (!expect_lands(machine, check, last, 1, "populated")) return;
    met += write_amid(machine, other, last, counters, check);
    const std::uint64_t host = *region.word(last);  // 0 if the write came before all
    const Exit read = machine.read(last);
    check.that(read.done() && read.result == host,
               "after MADV_DONTNEED, amid which other memory was dropped: the guest reads %#lx "
               "(%s), the host %#lx",
               read.result, read.text().c_str(), host);
  }
  check.that(!check.ok() || met >= kFewestMet,
             "the other change came amid the first in %u rounds of %u only", met, kMostRounds);
}

}  // namespace kproof::kvm::stale
