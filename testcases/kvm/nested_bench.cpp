#include "kvm/nested_raw.hpp"

namespace kproof::kvm::nested {

NestedBench::NestedBench(const TablesContext& context, bool nested_tables)
    : nested_tables_(nested_tables && !context.shadow()),
      bench_(context),
      svm_(bench_.machine().vcpu(), bench_.machine().tables(), nested_tables_) {
  if (has_nested_tables()) svm_.nested().map(kRegionGpa, kRegionGpa, context.shape.size, kPage4K);
}

L2Ran NestedBench::run(std::vector<Step> l1, std::vector<Step> l2) {
  const std::vector<Step> enter = svm_.enter(std::move(l2));
  l1.insert(l1.end(), enter.begin(), enter.end());
  return ran(bench_.run(std::move(l1)).exit);
}

Gpa NestedBench::entry_gpa(std::size_t page, unsigned level) {
  return has_nested_tables() ? svm_.nested().entry_gpa(kRegionGpa + page * kPage4K, level)
                             : machine().tables().entry_gpa(gva(page), level);
}

volatile Pte& NestedBench::entry(std::size_t page, unsigned level) {
  return *static_cast<Pte*>(machine().vm().low(entry_gpa(page, level)));
}

bool expect_ended(lib::Check& check, const L2Ran& ran, const char* when) {
  return check.that(ran.exit.done() && ran.left.kind == NestedExit::Kind::ended,
                    "%s: L1 ended by %s, L2 by %s", when, ran.exit.text().c_str(),
                    ran.left.text().c_str());
}

void expect_fault(lib::Check& check, NestedBench& bench, const L2Ran& ran, std::uint64_t code,
                  const char* when) {
  const std::size_t last = ran.steps.size() - 1;
  if (!bench.has_nested_tables()) {
    if (expect_ended(check, ran, when)) tables::expect_fault(check, ran, last, code, when);
    return;
  }
  // The access of a guest is a user's to its nested page tables.
  const Gpa gpa = ran[last].address - kRegionGva + kRegionGpa;
  check.that(ran.exit.done() && ran.left.kind == NestedExit::Kind::nested_fault &&
                 ran.left.error == (code | kUser) && ran.left.gpa == gpa,
             "%s: L1 ended by %s, L2 by %s, not by a nested page fault %#lx at %#lx", when,
             ran.exit.text().c_str(), ran.left.text().c_str(), code | kUser, gpa);
}

void prove_l2(TablesContext& context) {
  constexpr std::size_t kPages = 32, kApart = 8;  // PTE_PREFETCH_NUM
  NestedBench bench(context);
  std::vector<Step> touch;
  for (std::size_t i = 0; i < kPages; ++i)
    touch.push_back(steps::read(bench.gva(i * kApart)));
  const Ran l1 = bench.run_l1(touch);
  const std::uint64_t sptes = count_sptes(bench.machine().vm().stats()).all();
  const L2Ran ran = bench.run(touch);
  std::size_t right = 0;
  for (std::size_t i = 0; i < kPages; ++i)
    right += ran[i].fault == 0 && ran[i].result == tables::kMark + i * kApart;
  const std::uint64_t more = count_sptes(bench.machine().vm().stats()).all() - sptes;
  const std::uint64_t entered = bench.count("nested_run");
  const bool ended = l1.exit.done() && ran.exit.done() && ran.left.kind == NestedExit::Kind::ended;
  context.test.evidence("l2_ran", ended && right == kPages && entered > 0,
                        "L1 ended by %s, L2 by %s, which read %zu of %zu pages right; "
                        "nested_run %lu",
                        ran.exit.text().c_str(), ran.left.text().c_str(), right, kPages, entered);
  context.test.evidence("l2_sptes", more >= kPages,
                        "%lu SPTEs came when L2 read %zu pages that L1 had read before", more,
                        kPages);
}

}  // namespace kproof::kvm::nested
