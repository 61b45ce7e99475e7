// A page table of the guest is memory of the guest: who sets Accessed or Dirty there dirties a
// page, which a migration would leave behind if it were not logged.
//
// Shadow MMU: KVM sets the bits by the host's mapping and logs the page itself
// (update_accessed_dirty_bits). TDP: the CPU sets them, by KVM's SPTEs of the tables.
#include <utility>

#include <linux/kvm.h>

#include "kvm/dirty_log.hpp"
#include "kvm/guest_tables.hpp"

namespace kproof::kvm::tables {

using steps::read, steps::write;

void logged_tables(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  Vm& vm = bench.machine().vm();
  const Slot low{0, 0, vm.low_size(), vm.low(0), KVM_MEM_LOG_DIRTY_PAGES};
  vm.set(low);
  DirtyLog log(vm, low);
  const auto expect_logged = [&](std::size_t page, unsigned level, Pte bit, const char* when) {
    const bool set = (bench.entry(page, level) & bit) != 0;
    const Gpa gpa = bench.machine().tables().entry_gpa(bench.gva(page), level);
    check.that(set && log.has(gpa), "%s: level %u: the bit is %s, its page table %s in the log",
               when, level, set ? "set" : "clear", log.has(gpa) ? "is" : "is not");
  };
  // The second page shares the tables of levels 4 and 3 with the first, by which they are in use.
  for (const auto& [page, top] : {std::pair{kPage, 4u}, {kOtherPage, 2u}}) {
    for (unsigned level = 1; level <= top; ++level)
      bench.entry(page, level) = bench.entry(page, level) & ~(kAccessed | kDirty);
    log.get();
    Ran ran = bench.run({read(bench.gva(page))});
    if (!expect_done(check, ran, "a read")) return;
    log.get();
    for (unsigned level = 1; level <= top; ++level)
      expect_logged(page, level, kAccessed, "a read");
    ran = bench.run({write(bench.gva(page), 1)});
    if (!expect_done(check, ran, "a write")) return;
    log.get();
    expect_logged(page, 1, kDirty, "a write");
    expect_host(check, bench, page, 1, "a write");
  }
  prove_followed(context, bench, "logged tables", {{"mmu_cache_miss", 4}});
}

}  // namespace kproof::kvm::tables
