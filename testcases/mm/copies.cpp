// Private memory after fork: who has which page for himself.
#include <algorithm>

#include <sys/mman.h>
#include <unistd.h>

#include "lib/child_check.hpp"
#include "lib/process.hpp"
#include "lib/safe.hpp"
#include "mm/entries_suite.hpp"

namespace kproof::mm {

void child_copies_entries(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 51);
  const long faults = lib::count_in_child(
      check,
      [&](lib::Check& childs) { return faults_of_reading(*region, childs, "the child", 51); },
      "the child that reads");
  context.test.evidence("fork_copies_entries", faults == 0,
                        "a child that reads all of %ld entries took %ld faults",
                        entries(*region, context.provider), faults);
  lib::check_in_child(
      check,
      [&](lib::Check& childs) {
        region->fill(52);
        region->expect_data(childs, "the child, written", 52);
      },
      "the child that writes");
  region->expect_data(check, "the parent, after the child's write", 51);
  const bool childs_read =
      lib::in_child_after([&] { region->fill(53); }, lib::checked([&](lib::Check& childs) {
                            region->expect_data(childs, "the child, after the parent's write", 51);
                          }));
  check.that(childs_read, "that was the child that waited");
  region->expect_data(check, "the parent, written", 53);
}

// The child inherits the second half of the range's first entry and all that follows, and not the
// first half (MADV_DONTFORK): of one folio the parent has some pages for himself
// (PageAnonExclusive), and shares the rest. Then rights are taken and given in the middle, over
// both.
static void toggle_middle(const Context& context, const Region& region, lib::Check& check) {
  const std::size_t entry = std::max<std::size_t>(context.provider.words_per_entry(), 4);
  for (const int prot : {PROT_READ, kReadWrite, PROT_NONE, kReadWrite})
    region.protect(check, prot, entry / 4, entry / 2);
}

void mixed_exclusiveness(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 54);
  const std::size_t entry = std::max<std::size_t>(context.provider.words_per_entry(), 4);
  const std::size_t half = entry / 2, rest = region->words() - half;
  const auto childs_half_stays = [&](lib::Check& childs) {
    region->expect_data(childs, "the child, after the parent's writes", 54, half, rest);
    // The child's writes, in every other page, are its own whatever it does to the rights.
    for (std::size_t i = half; i < entry; i += 2)
      region->fill(56, i, 1);
    region->protect(childs, PROT_READ, half, half);
    region->protect(childs, kReadWrite, half, half);
    region->fill(56, half, rest);
    region->expect_data(childs, "the child, written", 56, half, rest);
  };
  lib::safe::madvise(region->base(), half * region->stride(), MADV_DONTFORK);
  const bool child = lib::in_child_after(
      [&] {
        lib::safe::madvise(region->base(), half * region->stride(), MADV_DOFORK);
        toggle_middle(context, *region, check);
        region->fill(55);
      },
      lib::checked(childs_half_stays));
  check.that(child, "that was the child");
  region->expect_data(check, "the parent, after the child's writes", 55);
}

}  // namespace kproof::mm
