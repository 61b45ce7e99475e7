// What mprotect must not lose of an entry: that its memory was written to.
//
// MADV_FREE allows the kernel to drop memory until the next write to it, and the entry's dirty bit
// is all that tells of that write. An mprotect that loses the bit shows when memory is reclaimed.
#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "mm/mprotect_suite.hpp"

namespace kproof::mm {

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

// How many of words [first, first + count) read as zero: their pages were dropped.
static std::size_t dropped(const Region& region, std::size_t first, std::size_t count) {
  std::size_t zeros = 0;
  for (std::size_t i = first; i < first + count; ++i)
    zeros += *region.word(i) == 0;
  return zeros;
}

static bool advise(const Region& region, lib::Check& check, int advice, const char* name) {
  if (::madvise(region.base(), region.length(), advice) == 0) return true;
  check.skip(std::string(name) + " of this memory: " + strerrorname_np(errno));
  return false;
}

// The first half is written to again, the other half is the control: reclaim took clean pages.
void written_data_outlives_reclaim(Context& context, lib::Check& check) {
  const auto region = populated_to_spoil(context, 7);
  const std::size_t half = region->words() / 2;
  if (!advise(*region, check, MADV_FREE, "MADV_FREE")) return;
  region->fill(8, 0, half);
  if (!region->protect(check, PROT_READ)) return;
  if (!region->protect(check, kReadWrite)) return;
  if (!advise(*region, check, MADV_PAGEOUT, "MADV_PAGEOUT")) return;
  region->expect_data(check, "written, mprotect, reclaim", 8, 0, half);
  const std::size_t zeros = dropped(*region, half, half);
  lib::ktap::diagnostic("reclaim dropped %zu of %zu words that were not written to", zeros, half);
  if (zeros == 0) check.skip("the kernel dropped no memory that was not written to");
}

}  // namespace kproof::mm
