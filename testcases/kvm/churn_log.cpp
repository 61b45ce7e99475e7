// How a dirty log begins and ends, over SPTEs that are there before.
#include <linux/kvm.h>

#include "kvm/churn.hpp"

namespace kproof::kvm::churn {

// Nothing is write-protected until it is cleared: 2 MiB by which the guest writes must be split, or
// taken from it, by the first KVM_CLEAR_DIRTY_LOG of a page in them.
void full_at_first(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  if (!protect_when_cleared(machine.vm()))
    return check.skip("KVM_DIRTY_LOG_INITIALLY_SET is missing (Linux 5.7)");
  if (!write_some(machine, check, 0, 1)) return;
  DirtyLog log = start_log(machine);
  const std::size_t pages = machine.region().length() / kPage4K;
  log.get();
  check.that(log.pages() == pages, "%zu of %zu pages are dirty at first", log.pages(), pages);
  const std::size_t half = pages / 2 / 64 * 64;
  if (half > 0) {
    check.that(log.try_clear(0, half) == 0, "KVM_CLEAR_DIRTY_LOG of half the slot is refused");
    if (!write_some(machine, check, 0, 1)) return;
    log.get();
    expect_logged(machine, log, check, 0, 1, "half of them cleared, all written");
  }
  for (const std::size_t step : {1, 2, 3}) {
    log.clear();
    log.get();
    check.that(log.pages() == 0, "%zu pages are dirty after KVM_CLEAR_DIRTY_LOG", log.pages());
    if (!write_some(machine, check, step - 1, step)) return;
    log.get();
    expect_logged(machine, log, check, step - 1, step, "written after KVM_CLEAR_DIRTY_LOG");
  }
}

// A log is of small pages. A migration that fails must not leave a slow guest behind.
void large_again(Context& context, lib::Check& check) {
  Machine machine = context.machine();
  const Stats& stats = machine.vm().stats();
  if (!write_some(machine, check, 0, 1)) return;
  const SpteCounts before = count_sptes(stats);
  DirtyLog log = start_log(machine);
  if (!write_some(machine, check, 0, 1)) return;
  const SpteCounts logged = count_sptes(stats);
  check.that(logged.pmd + logged.pud < before.pmd + before.pud,
             "%lu large SPTEs before the log, %lu in it", before.pmd + before.pud,
             logged.pmd + logged.pud);
  machine.vm().set(machine.slot());
  if (!write_some(machine, check, 0, 1)) return;
  const SpteCounts after = count_sptes(stats);
  check.that(after.pmd == before.pmd && after.pud == before.pud,
             "SPTEs of 2 MiB and 1 GiB: %lu and %lu before the log, %lu and %lu behind it",
             before.pmd, before.pud, after.pmd, after.pud);
}

}  // namespace kproof::kvm::churn
