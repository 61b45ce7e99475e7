// L1 changes what it has mapped for L2, and enters it: KVM looks at L1's tables again at each VMRUN
// (nested_svm_transition_tlb_flush: KVM_REQ_MMU_SYNC). What L1 forbids comes to L1, as a nested
// page fault; where there is no nested paging L1 changes L2's page tables, and the fault is L2's
// own.
#include "kvm/nested_raw.hpp"

namespace kproof::kvm::nested {

using steps::read, steps::write, tables::expect_word, tables::kFarPage, tables::kHalf,
    tables::kMark, tables::kOtherPage, tables::kPage;

void entry_read_only(TablesContext& context, lib::Check& check) {
  NestedBench bench(context);
  const Gva page = bench.gva(kPage);
  const Pte rw = bench.leaf(kPage);
  if (!expect_ended(check, bench.run({write(page, 1)}), "RW")) return;
  for (const std::uint64_t round : {1, 2}) {
    expect_fault(check, bench, bench.run({bench.set(kPage, 1, rw & ~kWritable)}, {write(page, 9)}),
                 kFaultPresent | kFaultWrite, "RO");
    const L2Ran ran = bench.run({read(page)});
    if (!expect_ended(check, ran, "RO: a read")) return;
    expect_word(check, ran, 0, round, "RO");
    if (!expect_ended(check, bench.run({bench.set(kPage, 1, rw)}, {write(page, round + 1)}), "RW"))
      return;
    check.that(bench.word(kPage) == round + 1, "RW again: the host reads %#lx", bench.word(kPage));
  }
}

void entry_of_other_page(TablesContext& context, lib::Check& check) {
  NestedBench bench(context);
  const Gva page = bench.gva(kPage);
  if (!expect_ended(check, bench.run({read(page)}), "at first")) return;
  const L2Ran ran =
      bench.run({bench.set(kPage, 1, bench.leaf(kOtherPage))}, {read(page), write(page, 7)});
  if (!expect_ended(check, ran, "the other page")) return;
  expect_word(check, ran, 0, kMark + kOtherPage, "the other page");
  check.that(bench.word(kOtherPage) == 7 && bench.word(kPage) == kMark + kPage,
             "L2 wrote 7 to the other page: that is %#lx, the first %#lx", bench.word(kOtherPage),
             bench.word(kPage));
  const L2Ran back = bench.run({bench.set(kPage, 1, bench.leaf(kPage))}, {read(page)});
  if (expect_ended(check, back, "and back")) expect_word(check, back, 0, kMark + kPage, "and back");
}

void entry_not_present(TablesContext& context, lib::Check& check) {
  NestedBench bench(context);
  const Gva page = bench.gva(kPage);
  if (!expect_ended(check, bench.run({read(page)}), "at first")) return;
  for (const unsigned level : {1, 2, 3}) {
    const Pte there = bench.entry(kPage, level);
    expect_fault(check, bench, bench.run({bench.set(kPage, level, 0)}, {read(page)}), 0,
                 "not present: a read");
    expect_fault(check, bench, bench.run({write(page, 1)}), kFaultWrite, "not present: a write");
    const L2Ran ran = bench.run({bench.set(kPage, level, there)}, {read(page)});
    if (!expect_ended(check, ran, "present again")) return;
    expect_word(check, ran, 0, kMark + kPage, "present again");
  }
}

void entry_large(TablesContext& context, lib::Check& check) {
  NestedBench bench(context);
  const Gva page = bench.gva(kPage), far = bench.gva(kFarPage);
  const Pte table = bench.entry(kPage, 2);
  for (const std::uint64_t round : {1, 2}) {
    L2Ran ran = bench.run({bench.set(kPage, 2, table)}, {read(page), read(far)});
    if (!expect_ended(check, ran, "by 4 KiB")) return;
    expect_word(check, ran, 0, kMark + kPage, "by 4 KiB");
    expect_word(check, ran, 1, kMark + kFarPage, "by 4 KiB");
    ran = bench.run({bench.set(kPage, 2, bench.leaf(kHalf) | kLarge)},
                    {read(far), write(page, round), read(page)});
    if (!expect_ended(check, ran, "by 2 MiB")) return;
    expect_word(check, ran, 0, kMark + kHalf + kFarPage, "by 2 MiB");
    expect_word(check, ran, 2, round, "by 2 MiB");
    check.that(bench.word(kHalf + kPage) == round, "by 2 MiB: the host reads %#lx",
               bench.word(kHalf + kPage));
  }
}

// L2's accesses set A and D in L1's entries.
void entry_bits(TablesContext& context, lib::Check& check) {
  constexpr Pte kBits = kAccessed | kDirty;
  NestedBench bench(context);
  const Gva page = bench.gva(kPage);
  const auto expect_bits = [&](Pte wanted, const char* when) {
    const Pte entry = bench.entry(kPage, 1);
    check.that((entry & kBits) == wanted, "%s: L1's entry has A %d, D %d", when,
               (entry & kAccessed) != 0, (entry & kDirty) != 0);
  };
  for (unsigned round = 0; round < 2; ++round) {
    const Step clear = bench.set(kPage, 1, bench.leaf(kPage) & ~kBits);
    if (!expect_ended(check, bench.run({clear}, {read(bench.gva(kFarPage))}), "elsewhere")) return;
    expect_bits(0, "not used");
    if (!expect_ended(check, bench.run({read(page)}), "a read")) return;
    expect_bits(kAccessed, "after a read");
    if (!expect_ended(check, bench.run({write(page, 1)}), "a write")) return;
    expect_bits(kBits, "after a write");
  }
}

}  // namespace kproof::kvm::nested
