// The behaviours of nested_raw: a guest's guest sees its hypervisor's memory as the host has it and
// as its hypervisor maps it.
//
// With TDP in L0, L1 gives L2 nested page tables, and KVM shadows those: the shadow MMU's code,
// with rmaps, in a VM whose L1 the TDP MMU maps. Without (npt=0), KVM shadows L2's own page tables.
// Either way SPTEs of L2 are others than those of L1, for the same memory.
#pragma once

#include "kvm/guest_tables.hpp"
#include "kvm/nested_svm.hpp"

namespace kproof::kvm::nested {

using tables::TablesContext;

// What became of L2's steps; `exit` is L1's, or L2's where KVM_RUN was left from there.
struct L2Ran : Ran {
  NestedExit left;
};

class NestedBench {
 public:
  // With nested page tables where that can be; `nested_tables` false: without.
  explicit NestedBench(const TablesContext& context, bool nested_tables = true);

  Machine& machine() { return bench_.machine(); }
  mm::Word& word(std::size_t page) { return bench_.word(page); }
  Gva gva(std::size_t page) const { return bench_.gva(page); }
  std::uint64_t count(const char* name) { return bench_.count(name); }
  Ran run_l1(std::vector<Step> steps) { return bench_.run(std::move(steps)); }

  // L1 does its steps, and enters L2 to do these.
  L2Ran run(std::vector<Step> l1, std::vector<Step> l2);
  L2Ran run(std::vector<Step> l2) { return run({}, std::move(l2)); }
  L2Ran resume() { return ran(bench_.resume().exit); }
  // As run(), for a Runner: L2 does its steps again and again.
  Exit run_on(std::vector<Step> l2) { return bench_.run(svm_.enter(std::move(l2))).exit; }
  NestedExit left() const { return svm_.exit(); }

  // The entry that L1 has for this page of L2: a nested one, or one of L2's page tables.
  bool has_nested_tables() const { return nested_tables_; }
  volatile Pte& entry(std::size_t page, unsigned level);
  Step set(std::size_t page, unsigned level, Pte value) {
    return tables::Bench::set(entry_gpa(page, level), value);
  }
  Pte leaf(std::size_t page) const { return tables::Bench::leaf(page) | more(); }

 private:
  L2Ran ran(const Exit& exit) const { return {{exit, svm_.l2()}, svm_.exit()}; }
  Gpa entry_gpa(std::size_t page, unsigned level);
  Pte more() const { return has_nested_tables() ? kUser : 0; }

  bool nested_tables_;
  tables::Bench bench_;
  NestedSvm svm_;
};

// Evidence `l2_ran` and `l2_sptes`.
void prove_l2(TablesContext& context);

// All steps of L2 were done and L1 has it again.
bool expect_ended(lib::Check& check, const L2Ran& ran, const char* when);
// The last step of L2 is forbidden by what L1 has set: `code` as of a page fault.
void expect_fault(lib::Check& check, NestedBench& bench, const L2Ran& ran, std::uint64_t code,
                  const char* when);

// nested_host.cpp: the host changes the memory
void read_only(TablesContext&, lib::Check&);
void no_access(TablesContext&, lib::Check&);
void replaced(TablesContext&, lib::Check&);
void logged(TablesContext&, lib::Check&);
void logged_and_cleared(TablesContext&, lib::Check&);

// nested_roots.cpp: the same, of L1 and L2 at once
void both_read_only(TablesContext&, lib::Check&);

// nested_age.cpp: the host asks what L2 has used
void used_pages(TablesContext&, lib::Check&);

// nested_race.cpp: the host changes it while L2 runs
void running_meets_read_only(TablesContext&, lib::Check&);
void running_meets_none(TablesContext&, lib::Check&);

// nested_tables.cpp: L1 changes what L2 has of it
void entry_read_only(TablesContext&, lib::Check&);
void entry_of_other_page(TablesContext&, lib::Check&);
void entry_not_present(TablesContext&, lib::Check&);
void entry_large(TablesContext&, lib::Check&);
void entry_bits(TablesContext&, lib::Check&);

}  // namespace kproof::kvm::nested
