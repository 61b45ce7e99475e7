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

// Counts the faults that `body` takes. What counting itself touches (stack, code) is touched
// before: after a fork those pages fault too.
template <class Body>
static long faults_of(Body body) {
  static Word warm[2 * kPageSize / sizeof(std::uint64_t)];
  body(warm, sizeof warm);
  lib::minor_faults();
  const long before = lib::minor_faults();
  body(nullptr, 0);
  return lib::minor_faults() - before;
}

// The first access writes, so that the entry is made writable at once; reads are enough for the
// rest and leave untouched memory of the host untouched.
static void touch_every_page(Word* start, std::size_t length) {
  *start = 1;
  for (std::size_t at = kPageSize; at < length; at += kPageSize)
    static_cast<void>(start[at / sizeof *start]);
}

static long faults_of_entry(Word* entry, std::size_t length) {
  return faults_of([&](Word* warm, std::size_t warm_length) {
    if (warm)
      touch_every_page(warm, warm_length);
    else
      touch_every_page(entry, length);
  });
}

// Says of how many bytes the kernel itself says that they are mapped hugely, if it does.
static std::string account(Provider& provider, const Region& region, bool& all) {
  const auto bytes = provider.huge_bytes(region.base(), region.length());
  all = !bytes || *bytes == region.length();
  if (!bytes) return "";
  return ", huge by the kernel's account: " + std::to_string(*bytes >> 10) + " of " +
         std::to_string(region.length() >> 10) + " kB";
}

void prove_entry_size(Context& context) {
  Provider& provider = context.provider;
  const Region region(provider, context.scale.size);
  const std::size_t entries = region.length() / provider.entry_size();
  long faults = 0;
  for (std::size_t i = 0; i < entries; ++i)
    faults += faults_of_entry(region.word(i * Region::kWordsPerEntry), provider.entry_size());
  bool all = false;
  const std::string kernel_says = account(provider, region, all);
  context.test.evidence(mapped_hugely(provider), all && faults == static_cast<long>(entries),
                        "%ld fault%s for %zu pages in %zu entries%s", faults,
                        faults == 1 ? "" : "s", region.length() / kPageSize, entries,
                        kernel_says.c_str());
}

std::unique_ptr<Region> populated(Context& context, std::uint64_t seed) {
  auto region = std::make_unique<Region>(context.provider, context.scale.size);
  const long faults = faults_of([&](Word* warm, std::size_t) {
    if (warm)
      *warm = seed;
    else
      region->fill(seed);
  });
  const std::size_t entries = region->length() / context.provider.entry_size();
  if (faults != static_cast<long>(entries))
    context.test.evidence(mapped_hugely(context.provider), false,
                          "a later mapping took %ld faults for %zu entries", faults, entries);
  return region;
}

// A toggle that split the entries would make everything above a test of small pages. A kernel that
// drops an entry and faults it in again as a whole keeps it huge; smaller entries would take more
// faults, or none and show in the kernel's account.
void prove_toggles_keep_entries(Context& context) {
  lib::Check check;
  const auto region = populated(context, 1);
  for (const int prot : {PROT_READ, PROT_READ | PROT_WRITE, PROT_NONE, PROT_READ | PROT_WRITE})
    region->protect(check, prot);
  const long faults = faults_of([&](Word* warm, std::size_t) {
    if (warm)
      *warm = 2;
    else
      region->fill(2);
  });
  const std::size_t entries = region->length() / context.provider.entry_size();
  bool all = false;
  const std::string kernel_says = account(context.provider, *region, all);
  context.test.evidence(
      stays_huge(context.provider), check.ok() && all && faults <= static_cast<long>(entries),
      "%ld faults for %zu entries after RO, RW, NONE, RW%s", faults, entries, kernel_says.c_str());
}

}  // namespace kproof::mm
