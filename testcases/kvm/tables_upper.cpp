// The guest changes an entry above the PTEs, or loads another root.
//
// Shadow MMU: tables above level 1 are write-protected while they are shadowed; each write to one
// is emulated and drops its SPTE (kvm_mmu_track_write), and one that is written three times without
// being walked is taken for no table any more and is zapped (detect_write_flooding).
#include <cstdio>

#include "kvm/guest_tables.hpp"

namespace kproof::kvm::tables {

using steps::cr3, steps::invlpg, steps::read, steps::write;

// The second half, as one page.
static Pte large() {
  return Bench::leaf(kHalf) | kLarge;
}

void large_and_small(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const Gva page = bench.gva(kPage), far = bench.gva(kFarPage);
  const Pte table = bench.entry(kPage, 2);
  for (const std::uint64_t round : {1, 2}) {
    const Ran ran =
        bench.run({read(page), bench.set(kPage, 2, large()), invlpg(page), invlpg(far), read(page),
                   read(far), write(page, round), bench.set(kPage, 2, table), invlpg(page),
                   invlpg(far), read(page), read(far)});
    if (!expect_done(check, ran, "2 MiB and back")) return;
    expect_word(check, ran, 0, kMark + kPage, "by 4 KiB");
    expect_word(check, ran, 4, round == 1 ? kMark + kHalf + kPage : 1, "by 2 MiB");
    expect_word(check, ran, 5, kMark + kHalf + kFarPage, "by 2 MiB");
    expect_host(check, bench, kHalf + kPage, round, "written by 2 MiB");
    expect_word(check, ran, 10, kMark + kPage, "by 4 KiB again");
    expect_word(check, ran, 11, kMark + kFarPage, "by 4 KiB again");
  }
  prove_followed(context, bench, "2 MiB and back", {{"mmu_pte_write", 4}, {"mmu_pde_zapped", 4}});
}

void flooded(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const Gva page = bench.gva(kPage);
  const Step to_large = bench.set(kPage, 2, large());
  const Step to_table = bench.set(kPage, 2, bench.entry(kPage, 2));
  const Ran ran = bench.run({read(page), to_large, to_table, to_large, to_table, to_large,
                             invlpg(page), read(page), to_table, invlpg(page), read(page), to_large,
                             invlpg(page), read(page)});
  if (!expect_done(check, ran, "written again and again")) return;
  expect_word(check, ran, 7, kMark + kHalf + kPage, "after five writes, 2 MiB");
  expect_word(check, ran, 10, kMark + kPage, "after one more, 4 KiB");
  expect_word(check, ran, 13, kMark + kHalf + kPage, "and one more, 2 MiB");
  prove_followed(context, bench, "written again and again",
                 {{"mmu_flooded", 1}, {"mmu_shadow_zapped", 1}, {"mmu_pte_write", 4}});
}

// A directory, and a table of directories above it, by which the first half is the second.
static Pte other_way(Bench& bench, unsigned level) {
  if (level == 2) return bench.new_table(kRegionGpa + kPage2M);
  const Pte table = bench.copy_table(kPage, level - 1);
  bench.host_table(table)[0] = other_way(bench, level - 1);
  return table;
}

void upper_levels(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const Gva page = bench.gva(kPage);
  for (const unsigned level : {2, 3, 4}) {
    const Pte one = bench.entry(kPage, level), other = other_way(bench, level);
    const Ran ran = bench.run({read(page), bench.set(kPage, level, other), invlpg(page), read(page),
                               bench.set(kPage, level, one), invlpg(page), read(page),
                               bench.set(kPage, level, 0), invlpg(page), read(page),
                               bench.set(kPage, level, one), read(page)});
    char when[32];
    std::snprintf(when, sizeof when, "entry of level %u", level);
    if (!expect_done(check, ran, when)) return;
    expect_word(check, ran, 0, kMark + kPage, when);
    expect_word(check, ran, 3, kMark + kHalf + kPage, when);
    expect_word(check, ran, 6, kMark + kPage, when);
    expect_fault(check, ran, 9, 0, when);
    expect_word(check, ran, 11, kMark + kPage, when);
  }
  prove_followed(context, bench, "entries of levels 2 to 4",
                 {{"mmu_pte_write", 12}, {"mmu_pde_zapped", 9}});
}

// Two roots with tables of their own down to level 2, and one and the same page table: what is
// written to it by one root must be seen after a load of CR3, whichever root that loads.
void roots_that_share(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const Gva page = bench.gva(kPage);
  const Gpa first = bench.machine().tables().root();
  const Pte directories = bench.copy_table(kPage, 3);
  bench.host_table(directories)[0] = bench.copy_table(kPage, 2);
  const Pte table = bench.copy_table(kPage, 4);
  bench.host_table(table)[kRegionGva >> 39] = directories;
  const Gpa second = table & ~kTable;

  const Pte one = Bench::leaf(kPage), other = Bench::leaf(kHalf);
  Ran ran = bench.run({read(page), bench.set(kPage, 1, other), cr3(second), read(page)});
  if (!expect_done(check, ran, "to the other root")) return;
  expect_word(check, ran, 0, kMark + kPage, "by the first root");
  expect_word(check, ran, 3, kMark + kHalf, "by the second root");
  prove_followed(context, bench, "roots that share a table", {{"mmu_unsync", 1}});

  ran = bench.run({bench.set(kPage, 1, one), cr3(first), read(page)});
  if (!expect_done(check, ran, "back to the first root")) return;
  expect_word(check, ran, 2, kMark + kPage, "by the first root again");
  const std::uint64_t synced = bench.count("mmu_unsync");

  ran = bench.run({bench.set(kPage, 1, other), cr3(first), read(page), bench.set(kPage, 1, 0),
                   cr3(second), read(page), bench.set(kPage, 1, one), cr3(first), read(page)});
  if (!expect_done(check, ran, "and on")) return;
  expect_word(check, ran, 2, kMark + kHalf, "after a load of the same root");
  expect_fault(check, ran, 5, 0, "not present by the second root: a read");
  expect_word(check, ran, 8, kMark + kPage, "present again by the first root");
  check.that(!context.shadow() || synced == 0, "mmu_unsync is %lu after CR3 was loaded", synced);
}

}  // namespace kproof::kvm::tables
