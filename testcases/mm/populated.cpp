// The mapping that behaviours work on, and the proof that it is what it should be.
#include <sys/mman.h>

#include "mm/suite.hpp"

namespace kproof::mm {

static std::unique_ptr<Region> new_region(Context& context) {
  context.kept.reset();  // first, so that its memory can be had again
  return std::make_unique<Region>(context.provider, context.scale.size);
}

void prove_entry_size(Context& context) {
  context.kept = new_region(context);
  prove_entries(context.test, size_evidence(context.provider.entry_size()), context.provider,
                *context.kept, context.scale.touch);
  context.kept_tables = table_bytes();
}

Touched filled(const Region& region, std::uint64_t seed) {
  return counted([&] { return lib::catch_fault([&] { region.fill(seed); }); });
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
    context.test.evidence(size_evidence(context.provider.entry_size()), false,
                          "a later mapping took %ld faults for %ld entries", touched.faults,
                          entries(region, context.provider));
  context.kept_tables = table_bytes();
  return *context.kept;
}

}  // namespace kproof::mm
