// A fault while two changes of the VM's memory are under way.
#include <sys/mman.h>

#include "kvm/meanwhile.hpp"
#include "kvm/stale.hpp"
#include "lib/safe.hpp"
#include "mm/pagemap.hpp"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23  // Linux 5.14
#endif

namespace kproof::kvm::stale {

static constexpr unsigned kFewestMet = 4, kMostRounds = 16;

// The notifier is called before any page goes.
static bool is_there(const mm::Region& region) {
  return mm::pagemap(region.base(), kPage4K).front() >> mm::kPagemapPresent & 1;
}

static void drop(const mm::Region& region) {
  lib::safe::madvise(region.base(), region.length(), MADV_DONTNEED);
}

// The guest writes to the region's last word while all of it is dropped from its beginning on, so
// that the word's page is there for a while. True if other memory was dropped amid that.
static bool write_amid(Machine& machine, const mm::Region& other, std::size_t word,
                       lib::Check& check) {
  const mm::Region& region = machine.region();
  const Meanwhile change([&] { drop(region); }, [&] { return !is_there(region); });
  drop(other);
  const bool amid = !change.over();
  const Exit exit = machine.write(word, 2);
  check.that(exit.done(), "amid MADV_DONTNEED: the guest's write: %s", exit.text().c_str());
  return amid;
}

// The word may be in the old page, if the guest wrote before all, or in a new one; but not in the
// one for the guest and in the other for the host.
static void expect_same(Machine& machine, lib::Check& check, std::size_t word) {
  const std::uint64_t host = *machine.region().word(word);
  const Exit read = machine.read(word);
  check.that(read.done() && read.result == host,
             "after MADV_DONTNEED, amid which other memory went: the guest reads %#lx (%s), the "
             "host %#lx",
             read.result, read.text().c_str(), host);
}

// KVM remembers one range of addresses for all invalidations that are under way, and a fault in it
// waits (kvm_mmu_invalidate_range_add()). If the second took the place of the first, a fault in the
// first would make an SPTE of a page that is about to go. MADV_DONTNEED, as two mprotects of one
// process wait for each other.
void amid_two_invalidations(Context& context, lib::Check& check) {
  Machine machine(context.kvm, context.provider, {.size = kSizeOfInvalidation / 2});
  const mm::Region &region = machine.region(), other(context.provider, kPage2M);
  machine.vm().set({.id = kSecondSlot,
                    .gpa = machine.gpa_behind(),
                    .size = other.length(),
                    .host = other.base()});
  const std::size_t last = region.words() - 1;
  unsigned met = 0;
  for (unsigned round = 0; round < kMostRounds && met < kFewestMet && check.ok(); ++round) {
    lib::safe::madvise(region.base(), region.length(), MADV_POPULATE_WRITE);
    if (!expect_lands(machine, check, last, 1, "populated")) return;
    met += write_amid(machine, other, last, check);
    expect_same(machine, check, last);
  }
  check.that(!check.ok() || met >= kFewestMet, "the other went amid the first in %u rounds of %u",
             met, kMostRounds);
  lib::ktap::diagnostic("two invalidations at once in %u rounds", met);
}

}  // namespace kproof::kvm::stale
