// Accessed and Dirty in the guest's entries are true: set by an access, and by nothing else.
//
// Shadow MMU: the CPU sets those of SPTEs, and KVM those of the guest's entries, at a page fault
// (update_accessed_dirty_bits). So KVM must not let the guest write by an SPTE whose PTE is clean
// (protect_clean_gpte), nor map what is not yet accessed (prefetch_invalid_gpte).
#include "kvm/guest_tables.hpp"

namespace kproof::kvm::tables {

using steps::invlpg, steps::read, steps::write;

static constexpr Pte kBits = kAccessed | kDirty;

namespace {

class Bits {
 public:
  Bits(const TablesContext& context, lib::Check& check, Bench& bench)
      : shadow_(context.shadow()), check_(check), bench_(bench) {}

  // A CPU may set A, and never D, for what it accesses by speculation alone.
  void expect(std::size_t page, unsigned level, Pte wanted, const char* when) {
    const Pte entry = bench_.entry(page, level);
    const Pte judged = shadow_ || (wanted & kAccessed) ? kBits : kDirty;
    check_.that((entry & judged) == wanted, "%s: page %zu's entry of level %u has A %d, D %d", when,
                page, level, (entry & kAccessed) != 0, (entry & kDirty) != 0);
  }

 private:
  bool shadow_;
  lib::Check& check_;
  Bench& bench_;
};

}  // namespace

static void clear(Bench& bench, std::size_t page, unsigned level, Pte bits) {
  bench.entry(page, level) = bench.entry(page, level) & ~bits;
}

void accessed_and_dirty(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  Bits bits(context, check, bench);
  for (const unsigned level : {4, 3, 2})
    clear(bench, kPage, level, kAccessed);
  for (std::size_t page = 0; page < 2 * kPage; ++page)
    clear(bench, page, 1, kBits);
  const Gva page = bench.gva(kPage);
  Ran ran = bench.run({read(page), read(page)});
  if (!expect_done(check, ran, "two reads")) return;
  for (const unsigned level : {4, 3, 2, 1})
    bits.expect(kPage, level, kAccessed, "after two reads");

  ran = bench.run({write(page, 1)});
  if (!expect_done(check, ran, "a write")) return;
  bits.expect(kPage, 1, kBits, "after a write");
  expect_host(check, bench, kPage, 1, "after a write");
  prove_followed(context, bench, "A and D", {{"mmu_cache_miss", 4}});

  // The others were not used, and a read is enough to be accessed.
  for (std::size_t other = 0; other < 2 * kPage; ++other)
    if (other != kPage) bits.expect(other, 1, 0, "never used");
  ran = bench.run({read(bench.gva(kPage + 1)), write(bench.gva(kPage - 1), 1)});
  if (!expect_done(check, ran, "its neighbours")) return;
  bits.expect(kPage + 1, 1, kAccessed, "read");
  bits.expect(kPage - 1, 1, kBits, "written at once");
}

// By a guest's page of 2 MiB: what KVM maps then by 4 KiB has no PTE of its own.
void accessed_and_dirty_large(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  Bits bits(context, check, bench);
  bench.entry(kPage, 2) = (Bench::leaf(0) | kLarge) & ~kBits;
  const Gva page = bench.gva(kPage), far = bench.gva(kFarPage);
  Ran ran = bench.run({read(page), read(far)});
  if (!expect_done(check, ran, "two reads")) return;
  bits.expect(kPage, 2, kAccessed, "after two reads");
  ran = bench.run({write(page, 1), write(far, 2)});
  if (!expect_done(check, ran, "a write")) return;
  bits.expect(kPage, 2, kBits, "after a write");
  expect_host(check, bench, kPage, 1, "after a write");
  expect_host(check, bench, 100, 2, "after a write");
  prove_followed(context, bench, "A and D of 2 MiB", {{"mmu_cache_miss", 4}});
}

// The guest clears the bits, as a kernel does that looks for what is used; after INVLPG the next
// access sets them.
void cleared_bits(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  Bits bits(context, check, bench);
  const Gva page = bench.gva(kPage);
  const Pte leaf = Bench::leaf(kPage);
  Ran ran = bench.run({write(page, 1), bench.set(kPage, 1, leaf & ~kDirty), invlpg(page)});
  if (!expect_done(check, ran, "D cleared")) return;
  bits.expect(kPage, 1, kAccessed, "D cleared");
  ran = bench.run({read(page)});
  bits.expect(kPage, 1, kAccessed, "D cleared, read");
  ran = bench.run({write(page, 2)});
  if (!expect_done(check, ran, "D cleared, written")) return;
  bits.expect(kPage, 1, kBits, "D cleared, written");

  ran = bench.run({bench.set(kPage, 1, leaf & ~kBits), invlpg(page)});
  if (!expect_done(check, ran, "A and D cleared")) return;
  bits.expect(kPage, 1, 0, "A and D cleared");
  ran = bench.run({read(page)});
  bits.expect(kPage, 1, kAccessed, "A and D cleared, read");
  ran = bench.run({write(page, 3)});
  if (!expect_done(check, ran, "A and D cleared, written")) return;
  bits.expect(kPage, 1, kBits, "A and D cleared, written");
  expect_host(check, bench, kPage, 3, "written");
  prove_followed(context, bench, "A and D cleared", {{"mmu_unsync", 1}, {"invlpg", 2}});
}

}  // namespace kproof::kvm::tables
