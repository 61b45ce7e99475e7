// An L2 without nested page tables has L1's physical addresses. The TDP MMU maps them a second time
// then, below a root of its own (kvm_mmu_page_role::guest_mode): a zap must go over each root.
#include <sys/mman.h>

#include "kvm/nested_raw.hpp"

namespace kproof::kvm::nested {

using steps::read, steps::write, tables::kHalf;

void both_read_only(TablesContext& context, lib::Check& check) {
  NestedBench bench(context, false);
  const mm::Region& region = bench.machine().region();
  for (const std::size_t page : {std::size_t{0}, kHalf - 1, 2 * kHalf - 1}) {
    const Ran l1 = bench.run_l1({write(bench.gva(page), 1)});
    if (!tables::expect_done(check, l1, "read-write: L1's write")) return;
    if (!expect_ended(check, bench.run({read(bench.gva(page)), write(bench.gva(page), 2)}),
                      "read-write: L2's write"))
      return;
    check.that(bench.word(page) == 2, "read-write: page %zu became %#lx", page, bench.word(page));
    if (!region.protect(check, PROT_READ)) return;
    // L2 first: what L1 does then would leave it.
    const L2Ran inner = bench.run({write(bench.gva(page), 3)});
    const bool refused =
        check.that(inner.exit.refused(), "read-only: L2's write: %s, L2 ended by %s",
                   inner.exit.text().c_str(), inner.left.text().c_str());
    check.that(bench.word(page) == 2, "read-only: page %zu became %#lx", page, bench.word(page));
    if (!region.protect(check, mm::kReadWrite) || !refused) return;
    if (!expect_ended(check, bench.resume(), "read-write again")) return;
    if (!region.protect(check, PROT_READ)) return;
    const Ran outer = bench.run_l1({write(bench.gva(page), 4)});
    check.that(outer.exit.refused(), "read-only: L1's write: %s", outer.exit.text().c_str());
    check.that(bench.word(page) == 3, "read-only: page %zu became %#lx", page, bench.word(page));
    if (!region.protect(check, mm::kReadWrite)) return;
  }
}

}  // namespace kproof::kvm::nested
