// mremap to a place of the same alignment, where whole entries can be moved (move_huge_pud,
// move_huge_pmd, move_normal_pmd, move_hugetlb_page_tables).
#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "mm/anonymous.hpp"
#include "mm/entries_suite.hpp"

namespace kproof::mm {

// Moves `length` bytes to the start of `target`, a mapping that gives way.
static bool move(lib::Check& check, char* from, std::size_t length, char* target) {
  const void* moved = ::mremap(from, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, target);
  return check.that(moved == target, "mremap of %s: %s", size_text(length).c_str(),
                    moved == MAP_FAILED ? std::strerror(errno) : "another place than wanted");
}

// Somewhere for all of the region. The part that is not used stays for as long as the program runs.
static char* room_for(const Region& region, const Provider& provider) {
  return static_cast<char*>(
      map_aligned(region.length(), provider.is_huge() ? provider.entry_size() : kPmdSize));
}

// The pattern is there, another can be written, and no entry had to be faulted in again.
static Touched use(const Region& region, lib::Check& check, const char* when, std::uint64_t seed) {
  return counted([&] {
    region.expect_data(check, when, seed);
    const lib::Fault fault = lib::catch_fault([&] { region.fill(seed + 1); });
    check.that(!fault.happened(), "%s: write: %s", when, fault.text().c_str());
    return fault;
  });
}

void mremap_of_all(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 11);
  char* const old = region->base();
  char* const target = room_for(*region, context.provider);
  if (!move(check, old, region->length(), target)) return;
  region->moved_to(target);
  expect_unmapped(check, "the old place", old, region->length(), region->stride());
  const Touched touched = use(*region, check, "moved", 11);
  region->expect_data(check, "written", 12);
  const Account kernel = account(context.provider, *region);
  check.that(touched.faults == 0 && kernel.all, "%ld faults for %ld entries at the new place%s",
             touched.faults, entries(*region, context.provider), kernel.text.c_str());
}

void mremap_of_read_only(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 13);
  char* const target = room_for(*region, context.provider);
  if (!region->protect(check, PROT_READ)) return;
  if (!move(check, region->base(), region->length(), target)) return;
  region->moved_to(target);
  region->expect_data(check, "moved", 13);
  for (std::size_t i = 0; i < region->words(); i += region->words() / 2) {
    const lib::Fault fault = lib::try_write(region->word(i), ~0ull);
    check.that(fault.is(SIGSEGV, SEGV_ACCERR), "write of word %zu: %s", i, fault.text().c_str());
  }
  if (region->protect(check, kReadWrite)) use(*region, check, "read-write again", 13);
}

void mremap_of_half_the_range(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 14);
  char* const target = room_for(*region, context.provider);
  const std::size_t half = region->words() / 2;
  if (!move(check, region->base(), region->length() / 2, target)) return;
  expect_unmapped(check, "the old place", region->base(), region->length() / 2, region->stride());
  const Region moved(target, region->length() / 2, region->stride());
  use(moved, check, "the half that was moved", 14);
  region->expect_data(check, "the rest", 14, half, half);
  region->fill(15, half, half);
  moved.expect_data(check, "the half that was moved, the rest written", 15);
  region->expect_data(check, "the rest, written", 15, half, half);
}

// A devdax refuses to be split (dax_may_split). For hugetlb a length is that of whole pages: half
// of one is one.
void mremap_of_half_an_entry(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 16);
  char* const target = room_for(*region, context.provider);
  const std::size_t whole = context.provider.entry_size();
  if (context.provider.kind() == Kind::devdax) {
    const void* moved =
        ::mremap(region->base(), whole / 2, whole / 2, MREMAP_MAYMOVE | MREMAP_FIXED, target);
    check.that(moved == MAP_FAILED && errno == EINVAL, "mremap of half an entry: %s, not EINVAL",
               moved == MAP_FAILED ? std::strerror(errno) : "success");
    use(*region, check, "after EINVAL", 16);
    return;
  }
  if (!move(check, region->base(), whole / 2, target)) return;
  const std::size_t gone = context.provider.kind() == Kind::hugetlb ? whole : whole / 2;
  const std::size_t words = gone / region->stride();
  expect_unmapped(check, "the old place", region->base(), gone, region->stride());
  const Region moved(target, gone, region->stride());
  use(moved, check, "the part that was moved", 16);
  region->expect_data(check, "the rest", 16, words, region->words() - words);
  region->fill(17, words, region->words() - words);
  region->expect_data(check, "the rest, written", 17, words, region->words() - words);
}

}  // namespace kproof::mm
