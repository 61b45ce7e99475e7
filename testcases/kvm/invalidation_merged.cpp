// KSM changes an entry twice: it takes the right to write away before it compares the page with
// another, and then puts that one in its place (write_protect_page, replace_page). KVM must hear of
// both: with an SPTE from before the first the guest writes to what was compared, with one from in
// between it goes on with a page that is free.
#include <sys/mman.h>

#include "kvm/invalidation.hpp"
#include "kvm/ksm.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::invalidation {

static constexpr std::uint64_t kContent = 0x0ddba11;  // of the one word in each page
static constexpr std::size_t kMostPages = 64;

// ksmd does it, and not this thread: so calls are counted, and not recorded.
void merged(Context& context, lib::Check& check) {
  if (const std::string missing = Ksm::missing(); !missing.empty()) return check.skip(missing);
  Machine machine = context.machine();
  const std::size_t pages = std::min(machine.words(), kMostPages);
  if (!write_alike(machine, check, pages, kContent)) return;
  char* base = machine.region().base();
  const std::size_t length = pages * machine.stride();
  const InvalidationCounter counter(range_of(base, length), notified_vms());
  if (!check.that(counter.problem().empty(), "%s", counter.problem().c_str())) return;
  const Ksm ksm;
  lib::safe::madvise(base, length, MADV_MERGEABLE);
  if (const std::string few = Ksm::wait_merged(pages); !few.empty()) return check.skip(few);
  // The first is the one that the others are replaced by.
  const std::uint64_t calls = counter.invalidations(), wanted = 2 * pages - 1;
  check.that(calls >= wanted, "%lu calls of the notifier for %zu pages of which %zu were replaced",
             calls, pages, pages - 1);
}

}  // namespace kproof::kvm::invalidation
