// The guest changes the PTE of a page that it has used: with INVLPG the new one counts; without,
// until then, the old one or the new (Intel SDM volume 3, 4.10.4.3; AMD64 APM volume 2, 5.5.3).
//
// Shadow MMU: the first write to the PTE makes its table unsync (mmu_try_to_unsync_pages), INVLPG
// looks at it again (kvm_mmu_invlpg: sync_spte).
#include "kvm/guest_tables.hpp"

namespace kproof::kvm::tables {

using steps::call, steps::cr0, steps::invlpg, steps::read, steps::write;

static constexpr std::uint64_t kWriteFault = kFaultPresent | kFaultWrite;

static const std::initializer_list<Least> kUnsync = {{"mmu_unsync", 1}, {"invlpg", 2}};

void read_only(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const Pte rw = Bench::leaf(kPage), ro = rw & ~kWritable;
  const Gva page = bench.gva(kPage);
  Ran ran = bench.run(
      {write(page, 1), bench.set(kPage, 1, ro), invlpg(page), write(page, 2), read(page)});
  if (!expect_done(check, ran, "RW to RO")) return;
  expect_fault(check, ran, 3, kWriteFault, "RO: a write");
  expect_word(check, ran, 4, 1, "RO");
  ran = bench.run({bench.set(kPage, 1, rw), invlpg(page), write(page, 3)});
  if (!expect_done(check, ran, "RO to RW")) return;
  expect_through(check, ran, 2, "RW again: a write");
  expect_host(check, bench, kPage, 3, "RW again");

  ran = bench.run({bench.set(kPage, 1, ro), write(page, 4), invlpg(page), write(page, 5)});
  if (!expect_done(check, ran, "RW to RO, INVLPG late")) return;
  if (ran[1].fault != 0) expect_fault(check, ran, 1, kWriteFault, "before INVLPG: a write");
  expect_fault(check, ran, 3, kWriteFault, "after INVLPG: a write");
  expect_host(check, bench, kPage, ran[1].fault != 0 ? 3 : 4, "RW to RO, INVLPG late");
  prove_followed(context, bench, "RW, RO", kUnsync);
}

void other_page(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const Gva page = bench.gva(kPage);
  Ran ran = bench.run({read(page), bench.set(kPage, 1, Bench::leaf(kOtherPage)), invlpg(page),
                       read(page), write(page, 7)});
  if (!expect_done(check, ran, "to another page")) return;
  expect_word(check, ran, 0, kMark + kPage, "at first");
  expect_word(check, ran, 3, kMark + kOtherPage, "the other page");
  expect_host(check, bench, kOtherPage, 7, "written there");
  expect_host(check, bench, kPage, kMark + kPage, "the page it was");

  ran = bench.run({bench.set(kPage, 1, Bench::leaf(kPage)), read(page), invlpg(page), read(page)});
  if (!expect_done(check, ran, "and back, INVLPG late")) return;
  check.that(ran[1].fault == 0 && (ran[1].result == 7 || ran[1].result == kMark + kPage),
             "before INVLPG: the guest reads %s", ran.text(1).c_str());
  expect_word(check, ran, 3, kMark + kPage, "after INVLPG");
  prove_followed(context, bench, "to another page", kUnsync);
}

// What is not present is in no TLB: no INVLPG is needed when it comes back.
void not_present(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const Gva page = bench.gva(kPage);
  const Pte there = Bench::leaf(kPage);
  Ran ran = bench.run({read(page), bench.set(kPage, 1, there & ~kPresent), invlpg(page), read(page),
                       write(page, 1), bench.set(kPage, 1, there), read(page), write(page, 2)});
  if (!expect_done(check, ran, "not present")) return;
  expect_fault(check, ran, 3, 0, "not present: a read");
  expect_fault(check, ran, 4, kFaultWrite, "not present: a write");
  expect_word(check, ran, 6, kMark + kPage, "present again");
  expect_host(check, bench, kPage, 2, "present again");

  ran = bench.run({bench.set(kPage, 1, 0), read(page), invlpg(page), read(page),
                   bench.set(kPage, 1, Bench::leaf(kOtherPage)), read(page)});
  if (!expect_done(check, ran, "not present, INVLPG late")) return;
  if (ran[1].fault != 0)
    expect_fault(check, ran, 1, 0, "before INVLPG: a read");
  else
    expect_word(check, ran, 1, 2, "before INVLPG");
  expect_fault(check, ran, 3, 0, "after INVLPG: a read");
  expect_word(check, ran, 5, kMark + kOtherPage, "another page is there");
  prove_followed(context, bench, "not present", kUnsync);
}

void no_execute(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  constexpr std::uint64_t kReturn = 0xc3;  // ret
  bench.word(kPage) = kReturn;
  const Gva page = bench.gva(kPage);
  const Pte may = Bench::leaf(kPage), table = bench.entry(kPage, 2);
  const Ran ran = bench.run(
      {call(page), bench.set(kPage, 1, may | kNoExecute), invlpg(page), call(page), read(page),
       bench.set(kPage, 1, may), invlpg(page), call(page), bench.set(kPage, 2, table | kNoExecute),
       invlpg(page), call(page), read(page), bench.set(kPage, 2, table), invlpg(page), call(page)});
  if (!expect_done(check, ran, "NX")) return;
  for (const std::size_t allowed : {0, 7, 14})
    expect_through(check, ran, allowed, "a fetch without NX");
  for (const std::size_t forbidden : {3, 10}) {
    expect_fault(check, ran, forbidden, kFaultPresent | kFaultFetch, "a fetch with NX");
    expect_word(check, ran, forbidden + 1, kReturn, "a read with NX");
  }
  prove_followed(context, bench, "NX", {{"mmu_unsync", 1}, {"mmu_pte_write", 2}});
}

// While CR0.WP is off, a supervisor may write to a page that is read-only. If it is a user's page,
// KVM makes of it a supervisor's that is writable (FNAME(page_fault)), by a role of its own.
void write_protect_off(TablesContext& context, lib::Check& check) {
  constexpr std::uint64_t kWp = 1 << 16, kOff = 0x80000031, kOn = kOff | kWp;  // PG, NE, ET, PE
  for (const Pte user : {Pte{0}, kUser}) {
    Bench bench(context);
    const Gva page = bench.gva(kPage);
    for (const unsigned level : {4, 3, 2})
      bench.entry(kPage, level) = bench.entry(kPage, level) | user;
    bench.entry(kPage, 1) = (Bench::leaf(kPage) & ~kWritable) | user;
    Ran ran = bench.run({read(page), write(page, 1)});
    if (!expect_done(check, ran, "WP on")) return;
    expect_fault(check, ran, 1, kWriteFault, "WP on: a write");
    const std::uint64_t before = bench.count("mmu_cache_miss");
    ran = bench.run({cr0(kOff), write(page, 2), read(page), cr0(kOn), write(page, 3), read(page)});
    if (!expect_done(check, ran, "WP off and on")) return;
    expect_through(check, ran, 1, "WP off: a write");
    expect_word(check, ran, 2, 2, "WP off");
    expect_fault(check, ran, 4, kWriteFault, "WP on again: a write");
    expect_word(check, ran, 5, 2, "WP on again");
    prove_followed(context, bench, "CR0.WP off", {{"mmu_cache_miss", before + 1}});
  }
}

// Where there is no memory the access comes to us, and not to the page that was there before.
void no_memory(TablesContext& context, lib::Check& check) {
  Bench bench(context);
  const Gva page = bench.gva(kPage);
  Ran ran = bench.run(
      {write(page, 1), bench.set(kPage, 1, kNowhere | kLeaf), invlpg(page), write(page, 2)});
  const bool came = expect_nowhere(check, ran);
  expect_host(check, bench, kPage, 1, "no memory: the page that was there");
  if (!came || !expect_done(check, bench.resume(), "no memory: after the write")) return;
  ran = bench.run({bench.set(kPage, 1, Bench::leaf(kPage)), invlpg(page), read(page)});
  if (!expect_done(check, ran, "memory again")) return;
  expect_word(check, ran, 2, 1, "memory again");
  prove_followed(context, bench, "no memory",
                 {{"mmu_unsync", 1}, {"invlpg", 2}, {"pf_mmio_spte_created", 1}});
}

}  // namespace kproof::kvm::tables
