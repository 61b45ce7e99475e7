// The host writes to the guest's page tables, by its own mapping of them, as a debugger or a
// migration may. KVM is told nothing, and the SPTEs of a shadowed table stay as they are; but each
// page fault looks at the guest's tables anew, finds what does not fit what was shadowed, and must
// get over it.
//
// mmu_set_spte() has met a present SPTE for what is MMIO now (CVE-2026-23401), and FNAME(fetch) a
// shadow page of another gfn or role (CVE-2026-46113: kvm_mmu_get_child_sp). Either left an rmap
// entry behind, which is what a zap finds later, when the shadow page is gone: a WARNING or a BUG
// in the kernel's log, which ends this case.
#include <sys/mman.h>

#include "kvm/guest_tables.hpp"
#include "lib/safe.hpp"

namespace kproof::kvm::tables {

using steps::invlpg, steps::read, steps::write;

static constexpr std::size_t kFar = 64;  // not mapped when kPage is: PTE_PREFETCH_NUM is 8

// All that KVM has mapped of the region by its rmaps is zapped, and mapped again.
static void walk_rmaps(Bench& bench, lib::Check& check, std::size_t page, const char* when) {
  const mm::Region& region = bench.machine().region();
  region.protect(check, PROT_READ);
  region.protect(check, mm::kReadWrite);
  const std::uint64_t value = bench.word(page);
  const Ran ran = bench.run({read(bench.gva(page))});
  if (expect_done(check, ran, when)) expect_word(check, ran, 0, value, when);
}

// The SPTE is there and not writable, as the PTE is clean: so the write faults.
void host_to_no_memory(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const Gva page = bench.gva(kPage);
  // A new slot has KVM look again where it has found none before.
  OtherMemory other(context, bench);
  for (unsigned round = 0; round < 4 && check.ok(); ++round) {
    bench.entry(kPage, 1) = Bench::leaf(kPage) & ~kDirty;
    bench.machine().vm().remove(OtherMemory::kSlot);
    Ran ran = bench.run({invlpg(page), read(page)});
    if (!expect_done(check, ran, "a page")) return;
    expect_word(check, ran, 1, kMark + kPage, "a page");
    bench.entry(kPage, 1) = kNowhere | kLeaf;
    ran = bench.run({invlpg(page), write(page, 1)});
    const bool came = expect_nowhere(check, ran);
    expect_host(check, bench, kPage, kMark + kPage, "no memory: the page that was there");
    if (!came || !expect_done(check, bench.resume(), "no memory: after the write")) return;
    // The rmap of the old page, while its SPTE is one of MMIO.
    bench.machine().region().protect(check, PROT_READ);
    bench.machine().region().protect(check, mm::kReadWrite);

    bench.entry(kPage, 1) = Bench::leaf(kPage);
    bench.machine().vm().set(other.slot());
    ran = bench.run({invlpg(page), read(page)});
    if (!expect_done(check, ran, "memory again")) return;
    expect_word(check, ran, 1, kMark + kPage, "memory again");
  }
  walk_rmaps(bench, check, kPage, "in the end");
  prove_followed(context, bench, "no memory, by the host", {{"pf_mmio_spte_created", 4}});
}

// The guest uses one page of 2 MiB by `before`, the host makes it `after`, which is other memory,
// and the guest uses another page of them. Then the memory that was there before goes, with the
// shadow pages, and all that is left is zapped by its rmaps.
static void host_changes(TablesContext& context, lib::Check& check, Bench& bench,
                         const OtherMemory& other, Pte before, Pte after, const char* what) {
  Machine& machine = bench.machine();
  const Gva page = bench.gva(kPage), far = bench.gva(kFar);
  for (unsigned round = 0; round < 4 && check.ok(); ++round) {
    bench.entry(kPage, 2) = before;
    Ran ran = bench.run({invlpg(page), read(page)});
    if (!expect_done(check, ran, "before")) return;
    expect_word(check, ran, 1, kMark + kPage, "before");
    bench.entry(kPage, 2) = after;
    ran = bench.run({invlpg(far), read(far), write(far, kMark), read(far)});
    if (!expect_done(check, ran, "after")) return;
    expect_word(check, ran, 1, round == 0 ? kOther + kFar : 0, "after");
    expect_word(check, ran, 3, kMark, "after, written");
    check.that(*other.region().word(kFar) == kMark, "the write did not land there");

    const std::uint64_t zapped = bench.count("mmu_shadow_zapped");
    machine.vm().remove(Machine::kRegionSlot);
    prove_followed(context, bench, what, {{"mmu_shadow_zapped", zapped + 1}});
    lib::safe::madvise(other.region().base(), other.region().length(), MADV_DONTNEED);
    ran = bench.run({invlpg(page), read(page), read(far)});
    if (!expect_done(check, ran, "after, dropped")) return;
    for (const std::size_t i : {1, 2})
      expect_word(check, ran, i, 0, "after, dropped");
    // The next change, too, must be met by a page fault.
    lib::safe::madvise(other.region().base(), other.region().length(), MADV_DONTNEED);
    machine.vm().set(machine.slot());
  }
  bench.entry(kPage, 2) = before;
  const Ran ran = bench.run({invlpg(page), read(page)});
  if (expect_done(check, ran, "in the end")) walk_rmaps(bench, check, kPage, "in the end");
}

void host_moves_large(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const OtherMemory other(context, bench);
  host_changes(context, check, bench, other, Bench::leaf(0) | kLarge,
               OtherMemory::kGpa | kLeaf | kLarge, "2 MiB to other 2 MiB");
}

void host_makes_table(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const OtherMemory other(context, bench);
  host_changes(context, check, bench, other, Bench::leaf(0) | kLarge,
               bench.new_table(OtherMemory::kGpa), "2 MiB to a table");
}

void host_makes_large(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const OtherMemory other(context, bench);
  host_changes(context, check, bench, other, bench.entry(kPage, 2),
               OtherMemory::kGpa | kLeaf | kLarge, "a table to 2 MiB");
}

}  // namespace kproof::kvm::tables
