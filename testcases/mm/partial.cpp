// mprotect and munmap of part of a mapping.
//
// Half of the range is a whole number of entries: the VMA is split between two entries, and the
// entries of one half are changed or zapped whole. That must work for every kind.
//
// Half of an entry: devdax and hugetlb refuse to split a VMA inside an entry (vm_ops->may_split is
// dax_may_split, which wants the device's alignment, and hugetlb_vm_op_split), so the call fails
// with EINVAL and changes nothing. That is so in 6.1 as in 6.12. THP splits the PMD.
#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "lib/safe.hpp"
#include "mm/mprotect_suite.hpp"

namespace kproof::mm {

static void expect_writable(const Region& region, lib::Check& check, const char* when,
                            std::size_t first, std::size_t count) {
  for (std::size_t i = first; i < first + count; ++i) {
    const lib::Fault fault = lib::catch_fault([&] { *region.word(i) = *region.word(i); });
    if (!check.that(!fault.happened(), "%s: write of word %zu: %s", when, i, fault.text().c_str()))
      return;
  }
}

void mprotect_of_half_the_range(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 7);
  const std::size_t half = region->words() / 2;
  if (!region->protect(check, PROT_READ, 0, half)) return;
  region->expect_data(check, "first half read-only", 7);
  expect_writable(*region, check, "other half", half, half);
  expect_read_only_holds(*region, check, 0, half);
  expect_read_only_holds(*region, check, half, half);
}

void munmap_of_half_the_range(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 7);
  const std::size_t half = region->words() / 2;
  const int result = ::munmap(region->base(), region->length() / 2);
  if (!check.that(result == 0, "munmap of half the range: %s", std::strerror(errno))) return;
  expect_unmapped(check, "after munmap", region->base(), region->length() / 2, region->stride());
  region->expect_data(check, "the rest", 7, half, half);
  expect_writable(*region, check, "the rest", half, half);
  expect_read_only_holds(*region, check, half, half);
}

static bool refused(const Context& context, lib::Check& check, int result, const char* call) {
  const int error = errno;
  if (context.provider.part_of_entry() == PartOfEntry::refused) {
    check.that(result == -1 && error == EINVAL, "%s of half an entry: %s instead of EINVAL", call,
               result == 0 ? "success" : std::strerror(error));
    return true;
  }
  return !check.that(result == 0, "%s of half an entry: %s", call, std::strerror(error));
}

void mprotect_of_half_an_entry(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 8);
  const std::size_t half = context.provider.words_per_entry() / 2;
  const int result = ::mprotect(region->base(), context.provider.entry_size() / 2, PROT_READ);
  if (!refused(context, check, result, "mprotect")) {
    expect_read_only_holds(*region, check, 0, half);
    region->expect_data(check, "the rest", 8, half, region->words() - half);
    return expect_writable(*region, check, "the rest", half, region->words() - half);
  }
  region->expect_data(check, "after EINVAL", 8);
  expect_writable(*region, check, "after EINVAL", 0, region->words());
}

void munmap_of_half_an_entry(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 8);
  const std::size_t half = context.provider.words_per_entry() / 2;
  const int result = ::munmap(region->base(), context.provider.entry_size() / 2);
  const bool whole = refused(context, check, result, "munmap");
  const std::size_t first = whole ? 0 : half;
  if (!whole)
    expect_unmapped(check, "after munmap", region->base(), half * region->stride(),
                    region->stride());
  region->expect_data(check, "what is left", 8, first, region->words() - first);
  expect_writable(*region, check, "what is left", first, region->words() - first);
}

// What is there is changed, and the error says that not all was.
void mprotect_into_a_hole(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 9);
  const std::size_t half = region->words() / 2;
  lib::safe::munmap(region->base() + region->length() / 2, region->length() / 2);
  const int result = ::mprotect(region->base(), region->length(), PROT_READ);
  check.that(result == -1 && errno == ENOMEM, "mprotect: %s instead of ENOMEM",
             result == 0 ? "success" : std::strerror(errno));
  region->expect_data(check, "before the hole", 9, 0, half);
}

}  // namespace kproof::mm
