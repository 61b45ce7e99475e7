// The facts without which nothing here is about huge mappings.
#include <sys/mman.h>

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

// Writes one word of each page, `touch` bytes apart. The proof: an entry smaller than the one in
// question maps nothing beyond 4 KiB (of a PMD) or 2 MiB (of a PUD), and fault-around stays within
// one page table, which is 2 MiB. So touches that far apart cost one fault each unless one entry
// maps them all. Closer touches add nothing to the proof, but use the host's memory.
static lib::Fault touch(Word* start, std::size_t length, std::size_t touch) {
  return lib::catch_fault([=] {
    for (std::size_t at = 0; at < length; at += touch)
      start[at / sizeof *start] = at;
  });
}

struct Touched {
  long faults;
  lib::Fault refused;
};

// What counting itself touches (stack, code) is touched before: after a fork those pages fault too.
template <class Body>
static Touched counted(Body body) {
  static Word warm[kPageSize / sizeof(std::uint64_t)];
  touch(warm, sizeof warm, sizeof warm);
  lib::minor_faults();
  const long before = lib::minor_faults();
  const lib::Fault refused = body();
  return {lib::minor_faults() - before, refused};
}

static Touched filled(const Region& region, std::uint64_t seed) {
  return counted([&] { return lib::catch_fault([&] { region.fill(seed); }); });
}

struct Account {
  bool all = true;  // all of the region is huge, or the kernel does not say
  std::string text;
};

static Account account(Provider& provider, const Region& region) {
  const auto kernel = provider.account(region.base(), region.length());
  if (!kernel) return {};
  return {kernel->bytes == region.length(), std::string(", ") + kernel->counter + " " +
                                                std::to_string(kernel->bytes >> 10) + " of " +
                                                std::to_string(region.length() >> 10) + " kB"};
}

static long entries(const Region& region, const Provider& provider) {
  return static_cast<long>(region.length() / provider.entry_size());
}

static std::unique_ptr<Region> new_region(Context& context) {
  context.kept.reset();  // first, so that its memory can be had again
  return std::make_unique<Region>(context.provider, context.scale.size);
}

static std::string size_text(std::size_t bytes) {
  const bool whole_mib = bytes % (1 << 20) == 0;
  return std::to_string(bytes >> (whole_mib ? 20 : 10)) + (whole_mib ? " MiB" : " KiB");
}

void prove_entry_size(Context& context) {
  context.kept = new_region(context);
  const Region& region = *context.kept;
  const std::size_t step = context.scale.touch;
  const auto touched = counted([&] { return touch(region.word(0), region.length(), step); });
  if (touched.refused.happened())
    lib::ktap::bail_out("the new mapping cannot be written: %s", touched.refused.text().c_str());
  const Account kernel = account(context.provider, region);
  const long wanted = entries(region, context.provider);
  context.test.evidence(mapped_hugely(context.provider), kernel.all && touched.faults == wanted,
                        "%ld faults for %zu pages, %s apart, in %ld entries%s", touched.faults,
                        region.length() / step, size_text(step).c_str(), wanted,
                        kernel.text.c_str());
}

static bool still_fit(Context& context, std::uint64_t seed) {
  if (!context.kept) return false;
  const Region& region = *context.kept;
  if (::mprotect(region.base(), region.length(), PROT_READ | PROT_WRITE) != 0) return false;
  const Touched touched = filled(region, seed);
  return !touched.refused.happened() && touched.faults <= entries(region, context.provider) &&
         account(context.provider, region).all;
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
  return *context.kept;
}

// A toggle that split the entries would make everything else a test of small pages. A kernel that
// drops an entry and faults it in again as a whole keeps it huge; smaller entries would take more
// faults, or none and show in the kernel's account.
void prove_toggles_keep_entries(Context& context) {
  lib::Check check;
  const Region& region = populated(context, 1);
  for (const int prot : {PROT_READ, PROT_READ | PROT_WRITE, PROT_NONE, PROT_READ | PROT_WRITE})
    region.protect(check, prot);
  const Touched touched = filled(region, 2);
  const Account kernel = account(context.provider, region);
  const long most = entries(region, context.provider);
  context.test.evidence(
      stays_huge(context.provider),
      check.ok() && kernel.all && !touched.refused.happened() && touched.faults <= most,
      "%ld faults for %ld entries after RO, RW, NONE, RW%s", touched.faults, most,
      kernel.text.c_str());
}

}  // namespace kproof::mm
