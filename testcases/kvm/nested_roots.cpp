// An L2 without nested page tables has L1's physical addresses. The TDP MMU maps them a second time
// then, below a root of its own (kvm_mmu_page_role::guest_mode): a zap must go over each root.
#include <sys/mman.h>

#include "kvm/nested_raw.hpp"

namespace kproof::kvm::nested {

using steps::read, steps::write, tables::kHalf;

// Both have an SPTE by which they may write.
static bool both_write(NestedBench& bench, lib::Check& check, std::size_t page) {
  const Ran l1 = bench.run_l1({write(bench.gva(page), 1)});
  if (!tables::expect_done(check, l1, "read-write: L1's write")) return false;
  const L2Ran l2 = bench.run({read(bench.gva(page)), write(bench.gva(page), 2)});
  return expect_ended(check, l2, "read-write: L2's write") &&
         check.that(bench.word(page) == 2, "read-write: page %zu is %#lx", page, bench.word(page));
}

// One of the two writes after each PROT_READ: to give the right back is an invalidation, too, which
// would take the other's SPTE along.
void both_read_only(TablesContext& context, lib::Check& check) {
  NestedBench bench(context, false);
  const mm::Region& region = bench.machine().region();
  for (const std::size_t page : {std::size_t{0}, kHalf - 1, 2 * kHalf - 1})
    for (const bool inner : {false, true}) {
      if (!both_write(bench, check, page)) return;
      if (!region.protect(check, PROT_READ)) return;
      const std::vector<Step> again{write(bench.gva(page), 3)};
      const Exit exit = inner ? bench.run(again).exit : bench.run_l1(again).exit;
      check.that(exit.refused() && bench.word(page) == 2,
                 "read-only: %s's write: %s, page %zu is %#lx", inner ? "L2" : "L1",
                 exit.text().c_str(), page, bench.word(page));
      if (!region.protect(check, mm::kReadWrite) || !exit.refused()) return;
      // It stands before that write.
      if (inner && !expect_ended(check, bench.resume(), "read-write again")) return;
    }
}

}  // namespace kproof::kvm::nested
