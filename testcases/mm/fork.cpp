// What a child has of its parent's mapping. A devdax can only be mapped shared (check_vma refuses
// MAP_PRIVATE), so nothing here depends on whose writes the other sees.
//
// The entries of a devdax are not copied, but faulted in again: vma_needs_copy() asks for an
// anon_vma, VM_PFNMAP, VM_MIXEDMAP or a write protection by userfaultfd, and dax_mmap() sets
// VM_HUGEPAGE alone (read in 6.1.192 and 6.12.117). So copy_huge_pud() does not run here, but in
// mm/dax_1g_fork.
#include <sys/mman.h>

#include "lib/child_check.hpp"
#include "mm/mprotect_suite.hpp"

namespace kproof::mm {

void child_sees_data(Context& context, lib::Check& check) {
  Region& region = populated(context, 5);
  lib::check_in_child(check, [&](lib::Check& childs) { region.expect_data(childs, "child", 5); });
  region.expect_data(check, "parent, after the child", 5);
}

static void expect_write_refused(const Region& region, lib::Check& check, const char* who) {
  const lib::Fault fault = lib::try_write(region.word(0), ~0ull);
  check.that(fault.is(SIGSEGV, SEGV_ACCERR), "%s: write to a read-only mapping: %s", who,
             fault.text().c_str());
}

void child_inherits_protection(Context& context, lib::Check& check) {
  Region& region = populated(context, 5);
  region.protect(check, PROT_READ);
  lib::check_in_child(check, [&](lib::Check& childs) {
    expect_write_refused(region, childs, "child");
    region.expect_data(childs, "child", 5);
  });
}

void child_cannot_change_parent(Context& context, lib::Check& check) {
  Region& region = populated(context, 5);
  lib::check_in_child(check, [&](lib::Check& childs) { region.protect(childs, PROT_NONE); });
  const lib::Fault fault = lib::catch_fault([&] { region.fill(6); });
  check.that(!fault.happened(), "parent: write after the child's PROT_NONE: %s",
             fault.text().c_str());
  region.expect_data(check, "parent, after the child's PROT_NONE", 6);

  region.protect(check, PROT_READ);
  lib::check_in_child(check, [&](lib::Check& childs) { region.protect(childs, kReadWrite); });
  expect_write_refused(region, check, "parent, after the child's PROT_READ|PROT_WRITE");
}

}  // namespace kproof::mm
