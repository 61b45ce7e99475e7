#include "mm/entries.hpp"

#include <cstdlib>

#include "lib/ktap.hpp"
#include "lib/safe.hpp"
#include "lib/sysfs.hpp"
#include "mm/anonymous.hpp"

namespace kproof::mm {

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

// Of the stack more than one page: where in a page it stands is random, and what is counted may go
// on to the next.
void warm_up_counting() {
  Word stack[4 * kPageSize / sizeof(std::uint64_t)];
  touch(stack, sizeof stack, kPageSize);
  static Word warm[kPageSize / sizeof(std::uint64_t)];
  touch(warm, sizeof warm, sizeof warm);
  lib::minor_faults();
}

Account account(Provider& provider, const Region& region) {
  const auto kernel = provider.account(region.base(), region.length());
  if (!kernel) return {};
  return {kernel->bytes == region.length(), std::string(", ") + kernel->counter + " " +
                                                std::to_string(kernel->bytes >> 10) + " of " +
                                                std::to_string(region.length() >> 10) + " kB"};
}

std::size_t table_bytes() {
  const std::string status = lib::sysfs::read("/proc/self/status");
  const auto at = status.find("VmPTE:");
  if (at == std::string::npos) lib::ktap::bail_out("/proc/self/status has no VmPTE");
  return std::strtoull(status.c_str() + at + 6, nullptr, 10) << 10;
}

std::size_t table_bytes_of_a_page() {
  warm_up_counting();
  const std::size_t before = table_bytes();
  void* memory = map_aligned(kPudSize, kPudSize);
  *static_cast<volatile char*>(memory) = 1;
  const std::size_t after = table_bytes();
  lib::safe::munmap(memory, kPudSize);
  return after - before;
}

long faults_of_reading(const Region& region, lib::Check& check, const char* who,
                       std::uint64_t seed) {
  return counted([&] {
           region.expect_data(check, who, seed);
           return lib::Fault{};
         })
      .faults;
}

long entries(const Region& region, const Provider& provider) {
  return static_cast<long>(region.length() / provider.entry_size());
}

std::string size_text(std::size_t bytes) {
  const bool whole_mib = bytes % (1 << 20) == 0;
  return std::to_string(bytes >> (whole_mib ? 20 : 10)) + (whole_mib ? " MiB" : " KiB");
}

EntryProof prove_entries(Provider& provider, const Region& region, std::size_t step) {
  const auto touched = counted([&] { return touch(region.word(0), region.length(), step); });
  if (touched.refused.happened())
    lib::ktap::bail_out("the new mapping cannot be written: %s", touched.refused.text().c_str());
  const Account kernel = account(provider, region);
  const long wanted = entries(region, provider);
  return {kernel.all && touched.faults == wanted,
          std::to_string(touched.faults) + " faults for " + std::to_string(region.length() / step) +
              " pages, " + size_text(step) + " apart, in " + std::to_string(wanted) + " entries" +
              kernel.text};
}

void prove_entries(lib::Case& test, const char* name, Provider& provider, const Region& region,
                   std::size_t step) {
  const EntryProof proof = prove_entries(provider, region, step);
  test.evidence(name, proof.proven, "%s", proof.fact.c_str());
}

}  // namespace kproof::mm
