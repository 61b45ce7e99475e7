// What the host sees of L2's accesses. Where the TDP MMU maps L1, those of L2 are in SPTEs of the
// shadow MMU's code, and an age is what either of them says.
#include <sys/mman.h>

#include "kvm/nested_raw.hpp"
#include "kvm/page_idle.hpp"
#include "mm/pagemap.hpp"

namespace kproof::kvm::nested {

using steps::read, steps::write, tables::kHalf;

void used_pages(TablesContext& context, lib::Check& check) {
  if (const std::string missing = page_idle::missing(); !missing.empty())
    return check.skip(missing);
  NestedBench bench(context);
  const mm::Region& region = bench.machine().region();
  struct Page {
    std::size_t number;
    bool used;
  };
  static constexpr Page kPages[] = {
      {0, true}, {3, false}, {kHalf - 1, true}, {kHalf, false}, {2 * kHalf - 1, true}};
  for (const Page& page : kPages)
    if (!expect_ended(check, bench.run({write(bench.gva(page.number), 1)}), "L2's first write"))
      return;
  ::madvise(region.base(), region.length(), MADV_COLD);
  const std::vector<std::uint64_t> entries = mm::pagemap(region.base(), region.length());
  const auto frame = [&](const Page& page) { return entries[page.number] & mm::kPagemapFrame; };
  for (const Page& page : kPages)
    if (page_idle::tracks(frame(page))) page_idle::set(frame(page));
  for (const Page& page : kPages)
    if (page.used) expect_ended(check, bench.run({read(bench.gva(page.number))}), "L2's read");
  unsigned told = 0, unused = 0, idle = 0;
  for (const Page& page : kPages) {
    if (!page_idle::tracks(frame(page))) continue;
    const bool is_idle = page_idle::is_set(frame(page));
    if (page.used) check.that(!is_idle, "page %zu, which L2 has read, is idle", page.number);
    told += page.used;
    unused += !page.used;
    idle += !page.used && is_idle;
  }
  check.that(told > 0 && unused > 0, "the bitmap tells of %u pages that L2 used, and %u others",
             told, unused);
  // Some may have been in another CPU's list.
  check.that(idle > 0, "each of %u pages is young that nobody touched", unused);
}

}  // namespace kproof::kvm::nested
