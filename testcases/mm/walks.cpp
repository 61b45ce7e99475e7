// What walks over page tables says of entries.
//
// A walk splits the huge PUDs of device DAX, which is to clear them (walk_pud_range,
// __split_huge_pud), as read in 6.1.192 and 6.12.117: it says then that nothing is there, and the
// next access faults the PUD in again. What must not be is a walk that says something else.
#include <cerrno>
#include <cinttypes>
#include <cstring>

#include <sys/mman.h>

#include "mm/entries_suite.hpp"
#include "mm/pagemap.hpp"
#include "mm/uffd_wp.hpp"

namespace kproof::mm {

static bool walk_clears(const Provider& provider) {
  return provider.is_pud() && provider.kind() == Kind::devdax;
}

// After a walk all data is there, by no more faults than there are entries.
static void expect_unharmed(const Context& context, const Region& region, lib::Check& check,
                            std::uint64_t seed) {
  const long faults = faults_of_reading(region, check, "after the walk", seed);
  const long all = entries(region, context.provider);
  check.that(faults <= (walk_clears(context.provider) ? all : 0),
             "%ld faults after the walk, of %ld entries", faults, all);
}

// One entry of the page table: pages with frames in a row, the first a multiple of their number.
static void expect_whole(lib::Check& check, const std::vector<std::uint64_t>& pages,
                         std::size_t first, std::size_t count) {
  const std::uint64_t frame = pages[first] & kPagemapFrame;
  check.that(frame % count == 0, "page %zu: frame %#" PRIx64 " begins no entry", first, frame);
  for (std::size_t i = 1; i < count; ++i)
    if (!check.that((pages[first + i] & kPagemapFrame) == frame + i,
                    "page %zu: entry %#" PRIx64 ", that before %#" PRIx64, first + i,
                    pages[first + i], pages[first + i - 1]))
      return;
}

void pagemap_shows_entries(Context& context, lib::Check& check) {
  const Region& region = populated(context, 21);
  const auto pages = pagemap(region.base(), region.length());
  const std::size_t present = count_with(kPagemapPresent, pages, 0, pages.size());
  const bool cleared = walk_clears(context.provider) && present == 0;
  check.that(cleared || present == pages.size(), "%zu of %zu pages are present", present,
             pages.size());
  check.that(count_with(kPagemapSwapped, pages, 0, pages.size()) == 0, "pages are in swap");
  check.that(count_with(kPagemapUffdWp, pages, 0, pages.size()) == 0,
             "pages are write-protected by userfaultfd");
  const std::size_t per_entry = context.provider.entry_size() / kPageSize;
  for (std::size_t first = 0; !cleared && first < pages.size(); first += per_entry)
    expect_whole(check, pages, first, per_entry);
  // From amid an entry on: the same.
  const std::size_t amid = per_entry / 2;
  const auto again = pagemap(region.base() + amid * kPageSize, kPageSize);
  check.that(again[0] == pages[amid] || walk_clears(context.provider),
             "page %zu: entry %#" PRIx64 " by itself, %#" PRIx64 " among all", amid, again[0],
             pages[amid]);
  expect_unharmed(context, region, check, 21);
}

static bool done(lib::Check& check, const char* what, int error) {
  return check.that(error == 0, "%s: %s", what, std::strerror(error));
}

static void expect_protected(const Region& region, lib::Check& check, const char* when,
                             std::size_t wanted) {
  const auto pages = pagemap(region.base(), region.length());
  const std::size_t half = pages.size() / 2;
  const std::size_t first = count_with(kPagemapUffdWp, pages, 0, half);
  const std::size_t other = count_with(kPagemapUffdWp, pages, half, half);
  check.that(first == wanted && other == 0,
             "%s: %zu pages of the first half and %zu of the other are write-protected, not %zu "
             "and 0",
             when, first, other, wanted);
}

void pagemap_shows_write_protection(Context& context, lib::Check& check) {
  const std::string problem = UffdWp::problem(UffdWp::Mode::answered);
  if (!problem.empty()) return check.skip(problem);
  const auto region = populated_to_spoil(context, 22);
  UffdWp protection(UffdWp::Mode::answered);
  if (!done(check, "UFFDIO_REGISTER", protection.watch(*region))) return;
  expect_protected(*region, check, "registered", 0);
  const std::size_t half = region->length() / 2;
  if (!done(check, "UFFDIO_WRITEPROTECT", protection.protect(region->base(), half))) return;
  expect_protected(*region, check, "protected", half / kPageSize);
  region->expect_data(check, "protected", 22);
  if (!done(check, "UFFDIO_UNREGISTER", protection.unwatch(*region))) return;
  expect_protected(*region, check, "unregistered", 0);
  const lib::Fault fault = lib::catch_fault([&] { region->fill(23); });
  check.that(!fault.happened(), "write, unregistered: %s", fault.text().c_str());
}

// The pages that mincore calls resident; -1: it failed.
static long resident(const Region& region, lib::Check& check) {
  std::vector<unsigned char> pages(region.length() / kPageSize);
  const int result = ::mincore(region.base(), region.length(), pages.data());
  if (!check.that(result == 0, "mincore: %s", std::strerror(errno))) return -1;
  long count = 0;
  for (const unsigned char page : pages)
    count += page & 1;
  return count;
}

void mincore_shows_residency(Context& context, lib::Check& check) {
  const Region& region = populated(context, 24);
  const long all = static_cast<long>(region.length() / kPageSize);
  const long there = resident(region, check);
  check.that(there == all || (walk_clears(context.provider) && there == 0),
             "%ld of %ld pages are resident", there, all);
  expect_unharmed(context, region, check, 24);
  if (context.provider.is_shared()) return;
  const Region untouched(context.provider, region.length());
  const long none = resident(untouched, check);
  check.that(none == 0, "%ld pages of a new mapping are resident", none);
}

}  // namespace kproof::mm
