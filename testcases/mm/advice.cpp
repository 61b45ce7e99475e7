// madvise of huge entries. What a kind of memory refuses, and how, is as read in 6.1.192 and
// 6.12.117 (madvise_vma_behavior, vfs_fallocate).
#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "lib/safe.hpp"
#include "mm/anonymous.hpp"
#include "mm/entries_suite.hpp"

namespace kproof::mm {

// Newer than the C library's headers may be.
#ifndef MADV_COLD
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static bool advise(const Region& region, lib::Check& check, std::size_t length, int advice,
                   const char* name) {
  const int result = ::madvise(region.base(), length, advice);
  return check.that(result == 0, "madvise(%s, %s): %s", size_text(length).c_str(), name,
                    std::strerror(errno));
}

// Words [first, first + count) are zero: private memory that was dropped.
static void expect_zeros(const Region& region, lib::Check& check, std::size_t first,
                         std::size_t count) {
  for (std::size_t i = first; i < first + count; ++i) {
    std::uint64_t value = 0;
    const lib::Fault fault = lib::try_read(region.word(i), value);
    if (!check.that(!fault.happened() && value == 0, "word %zu is %#lx (%s)", i, value,
                    fault.text().c_str()))
      return;
  }
}

// Private memory is new then, and shared memory is faulted in again.
static void expect_dropped(const Context& context, const Region& region, lib::Check& check,
                           std::uint64_t seed, std::size_t words) {
  if (context.provider.is_shared())
    region.expect_data(check, "dropped", seed, 0, words);
  else
    expect_zeros(region, check, 0, words);
}

void dontneed_drops_entries(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 31);
  if (!advise(*region, check, region->length(), MADV_DONTNEED, "MADV_DONTNEED")) return;
  const Touched touched = counted([&] {
    expect_dropped(context, *region, check, 31, region->words());
    return lib::Fault{};
  });
  // Around a page of a file the kernel maps others, too (fault_around_bytes).
  const long all = entries(*region, context.provider);
  const long least = context.provider.kind() == Kind::shmem ? all / 16 : all;
  check.that(touched.faults >= least && touched.faults <= all,
             "%ld faults for %ld entries that were dropped", touched.faults, all);
  const lib::Fault fault = lib::catch_fault([&] { region->fill(32); });
  check.that(!fault.happened(), "write: %s", fault.text().c_str());
  region->expect_data(check, "written", 32);
}

// hugetlb rounds down: half of a page is nothing. Of a devdax the whole entry goes, and no data.
void dontneed_of_half_an_entry(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 33);
  const std::size_t half = context.provider.words_per_entry() / 2;
  if (!advise(*region, check, context.provider.entry_size() / 2, MADV_DONTNEED, "MADV_DONTNEED"))
    return;
  expect_dropped(context, *region, check, 33, half);
  region->expect_data(check, "the rest", 33, half, region->words() - half);
  const lib::Fault fault = lib::catch_fault([&] { region->fill(34); });
  check.that(!fault.happened(), "write: %s", fault.text().c_str());
  region->expect_data(check, "written", 34);
}

void populate_fills_entries(Context& context, lib::Check& check) {
  context.kept.reset();
  const Region region(context.provider, 2 * context.provider.entry_size());
  if (!advise(region, check, region.length(), MADV_POPULATE_WRITE, "MADV_POPULATE_WRITE")) return;
  const Touched touched = filled(region, 35);
  check.that(!touched.refused.happened() && touched.faults == 0, "%ld faults for %ld entries (%s)",
             touched.faults, entries(region, context.provider), touched.refused.text().c_str());
  region.expect_data(check, "written", 35);
}

struct Advice {
  int number;
  const char* name;
  int anonymous, shmem, hugetlb, devdax;  // errno; 0: it is taken, and the data stays
};

static constexpr Advice kAdvice[] = {
    {MADV_COLD, "MADV_COLD", 0, 0, EINVAL, 0},
    {MADV_PAGEOUT, "MADV_PAGEOUT", 0, 0, EINVAL, 0},
    {MADV_WILLNEED, "MADV_WILLNEED", 0, 0, 0, 0},
    {MADV_DONTFORK, "MADV_DONTFORK", 0, 0, 0, 0},
    {MADV_DOFORK, "MADV_DOFORK", 0, 0, 0, 0},
    {MADV_WIPEONFORK, "MADV_WIPEONFORK", 0, EINVAL, EINVAL, EINVAL},
    {MADV_KEEPONFORK, "MADV_KEEPONFORK", 0, 0, 0, 0},
};
static constexpr Advice kAdviceThatDrops[] = {
    {MADV_FREE, "MADV_FREE", 0, EINVAL, EINVAL, EINVAL},
    {MADV_REMOVE, "MADV_REMOVE", EINVAL, 0, 0, ENODEV},
};

static int wanted(const Advice& advice, Kind kind) {
  switch (kind) {
    case Kind::anonymous:
      return advice.anonymous;
    case Kind::shmem:
      return advice.shmem;
    case Kind::hugetlb:
      return advice.hugetlb;
    case Kind::devdax:
      return advice.devdax;
  }
  return 0;
}

static void expect_answer(const Context& context, const Region& region, lib::Check& check,
                          const Advice& advice) {
  const int error = ::madvise(region.base(), region.length(), advice.number) == 0 ? 0 : errno;
  const int right = wanted(advice, context.provider.kind());
  check.that(error == right, "madvise(%s): %s, not %s", advice.name, std::strerror(error),
             std::strerror(right));
}

// Has the kernel flush all of this CPU's TLB: so many pages it does not flush one by one
// (tlb_single_page_flush_ceiling is 33).
static void forget_translations() {
  constexpr std::size_t kLength = 256 * kPageSize;
  auto* pages = static_cast<char*>(map_aligned(kLength, kPageSize));
  for (std::size_t at = 0; at < kLength; at += kPageSize)
    *const_cast<volatile char*>(pages + at) = 1;
  lib::safe::munmap(pages, kLength);
}

// 6.1 clears entries of a devdax here without a flush. That is told by its kernel; what the TLB has
// of them must not be what the next behaviour meets instead of a new mapping.
void advice_keeps_data_or_is_refused(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 36);
  for (const Advice& advice : kAdvice) {
    expect_answer(context, *region, check, advice);
    region->expect_data(check, advice.name, 36);
  }
  for (const Advice& advice : kAdviceThatDrops) {
    if (wanted(advice, context.provider.kind()) == 0) continue;
    expect_answer(context, *region, check, advice);
    region->expect_data(check, advice.name, 36);
  }
  forget_translations();
}

}  // namespace kproof::mm
