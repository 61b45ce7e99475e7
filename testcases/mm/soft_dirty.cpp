// Soft-dirty bits (Documentation/admin-guide/mm/soft-dirty.rst): which memory was written since
// they were cleared, by which checkpoints of processes know what to save. An entry whose bit is
// clear is write-protected, so that the first write sets it; mprotect may give the right to write
// back only to an entry whose bit is set (can_change_pte_writable, can_change_pmd_writable).
#include <sys/mman.h>

#include "lib/sysfs.hpp"
#include "mm/entries_suite.hpp"
#include "mm/pagemap.hpp"

namespace kproof::mm {

// Of this process, all: "4" of clear_refs.
static void clear_soft_dirty() {
  lib::sysfs::write("/proc/self/clear_refs", "4");
}

// A new mapping is soft-dirty as a whole. Where it is not, this kernel has no such bits.
static bool tells(Context& context, lib::Check& check) {
  context.kept.reset();
  const Region region(context.provider, 2 * context.provider.entry_size());
  region.fill(0);
  if (count_with(kPagemapSoftDirty, pagemap(region.base(), kPageSize), 0, 1) == 1) return true;
  check.skip("no soft-dirty bits in this kernel (CONFIG_MEM_SOFT_DIRTY)");
  return false;
}

// The bits say: all of entry `dirty`, and of no other. -1: of none.
static void expect_dirty(const Context& context, const Region& region, lib::Check& check,
                         const char* when, long dirty) {
  const auto pages = pagemap(region.base(), region.length());
  const std::size_t per_entry = context.provider.entry_size() / kPageSize;
  const std::size_t all = count_with(kPagemapSoftDirty, pages, 0, pages.size());
  const std::size_t first = dirty < 0 ? 0 : static_cast<std::size_t>(dirty) * per_entry;
  const std::size_t count = dirty < 0 ? 0 : per_entry;
  const std::size_t those = count_with(kPagemapSoftDirty, pages, first, count);
  check.that(those == count, "%s: %zu of %zu pages of the written entry are soft-dirty", when,
             those, count);
  check.that(all == those, "%s: %zu pages of other entries are soft-dirty", when, all - those);
}

static std::size_t middle_of(const Context& context, std::size_t entry) {
  return entry * context.provider.words_per_entry() + context.provider.words_per_entry() / 2;
}

void soft_dirty_tells_writes(Context& context, lib::Check& check) {
  if (!tells(context, check)) return;
  const auto region = populated_to_spoil(context, 41);
  clear_soft_dirty();
  expect_dirty(context, *region, check, "cleared", -1);
  region->expect_data(check, "cleared", 41);
  expect_dirty(context, *region, check, "read", -1);
  region->fill(42, middle_of(context, 1), 1);
  expect_dirty(context, *region, check, "written", 1);
  clear_soft_dirty();
  expect_dirty(context, *region, check, "cleared again", -1);
  region->fill(42, middle_of(context, 0), 1);
  expect_dirty(context, *region, check, "another written", 0);
}

// What is clear must not become writable behind the back of the one who counts writes; and what is
// set must stay so.
void soft_dirty_tells_writes_after_mprotect(Context& context, lib::Check& check) {
  if (!tells(context, check)) return;
  const auto region = populated_to_spoil(context, 43);
  for (const int prot : {PROT_READ, PROT_NONE}) {
    clear_soft_dirty();
    region->protect(check, prot);
    region->protect(check, kReadWrite);
    expect_dirty(context, *region, check, "taken and given", -1);
    region->fill(44, middle_of(context, 1), 1);
    expect_dirty(context, *region, check, "written after it was taken and given", 1);
    region->protect(check, prot);
    region->protect(check, kReadWrite);
    expect_dirty(context, *region, check, "taken and given after the write", 1);
  }
}

}  // namespace kproof::mm
