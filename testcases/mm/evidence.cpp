// The facts without which nothing here is about huge mappings.
#include <sys/mman.h>

#include "mm/entries.hpp"
#include "mm/mprotect_suite.hpp"

namespace kproof::mm {

static const char* stays_huge(std::size_t entry_size) {
  return entry_size == kPudSize ? "toggles_keep_pud" : "toggles_keep_pmd";
}

std::vector<std::string_view> declared_evidence(std::size_t entry_size) {
  return {size_evidence(entry_size), stays_huge(entry_size), "writer_met_read_only"};
}

// A toggle that split the entries would make everything else a test of small pages. A kernel that
// drops an entry and faults it in again as a whole keeps it huge. Smaller entries would take more
// faults; or none, if they were filled at once: then there are more page tables than before.
void prove_toggles_keep_entries(Context& context) {
  lib::Check check;
  const Region& region = populated(context, 1);
  const std::size_t control = table_bytes_of_a_page(), before = table_bytes();
  for (const int prot : {PROT_READ, PROT_READ | PROT_WRITE, PROT_NONE, PROT_READ | PROT_WRITE})
    region.protect(check, prot);
  const Touched touched = filled(region, 2);
  const std::size_t after = table_bytes();
  const Account kernel = account(context.provider, region);
  const long most = entries(region, context.provider);
  context.test.evidence(
      stays_huge(context.provider.entry_size()),
      check.ok() && kernel.all && !touched.refused.happened() && touched.faults <= most &&
          control >= 2 * kPageSize && after <= before,
      "%ld faults for %ld entries after RO, RW, NONE, RW; page tables %zu kB before and %zu kB "
      "after, %zu kB more with a page elsewhere%s",
      touched.faults, most, before >> 10, after >> 10, control >> 10, kernel.text.c_str());
}

}  // namespace kproof::mm
