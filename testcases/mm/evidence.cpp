// The facts without which nothing here is about huge mappings.
#include <sys/mman.h>

#include "mm/entries.hpp"
#include "mm/suite.hpp"

namespace kproof::mm {

static const char* mapped_hugely(const Provider& p) {
  return p.is_pud() ? "mapping_is_pud" : "mapping_is_pmd";
}
static const char* stays_huge(const Provider& p) {
  return p.is_pud() ? "toggles_keep_pud" : "toggles_keep_pmd";
}

std::vector<std::string_view> declared_evidence(std::size_t entry_size) {
  if (entry_size == kPudSize) return {"mapping_is_pud", "toggles_keep_pud", "writer_met_read_only"};
  return {"mapping_is_pmd", "toggles_keep_pmd", "writer_met_read_only"};
}

static Touched filled(const Region& region, std::uint64_t seed) {
  return counted([&] { return lib::catch_fault([&] { region.fill(seed); }); });
}

static std::unique_ptr<Region> new_region(Context& context) {
  context.kept.reset();  // first, so that its memory can be had again
  return std::make_unique<Region>(context.provider, context.scale.size);
}

void prove_entry_size(Context& context) {
  context.kept = new_region(context);
  prove_entries(context.test, mapped_hugely(context.provider), context.provider, *context.kept,
                context.scale.touch);
  context.kept_tables = table_bytes();
}

static bool still_fit(Context& context, std::uint64_t seed) {
  if (!context.kept) return false;
  const Region& region = *context.kept;
  if (::mprotect(region.base(), region.length(), PROT_READ | PROT_WRITE) != 0) return false;
  const Touched touched = filled(region, seed);
  return !touched.refused.happened() && touched.faults <= entries(region, context.provider) &&
         account(context.provider, region).all && table_bytes() <= context.kept_tables;
}

Region& populated(Context& context, std::uint64_t seed) {
  if (still_fit(context, seed)) return *context.kept;
  context.kept = new_region(context);
  const Region& region = *context.kept;
  const Touched touched = filled(region, seed);
  if (touched.refused.happened())
    lib::ktap::bail_out("a new mapping cannot be written: %s", touched.refused.text().c_str());
  if (touched.faults != entries(region, context.provider))
    context.test.evidence(mapped_hugely(context.provider), false,
                          "a later mapping took %ld faults for %ld entries", touched.faults,
                          entries(region, context.provider));
  context.kept_tables = table_bytes();
  return *context.kept;
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
      stays_huge(context.provider),
      check.ok() && kernel.all && !touched.refused.happened() && touched.faults <= most &&
          control >= 2 * kPageSize && after <= before,
      "%ld faults for %ld entries after RO, RW, NONE, RW; page tables %zu kB before and %zu kB "
      "after, %zu kB more with a page elsewhere%s",
      touched.faults, most, before >> 10, after >> 10, control >> 10, kernel.text.c_str());
}

}  // namespace kproof::mm
