// How large the entries are that map a region: counted in faults, and asked of the kernel.
#pragma once

#include <string>

#include "lib/case.hpp"
#include "lib/fault.hpp"
#include "mm/mapping.hpp"

namespace kproof::mm {

struct Touched {
  long faults;  // that the kernel handled
  lib::Fault refused;
};

// Makes the pages fault that counting and what is counted use (stack, code): after a fork they do
// once.
void warm_up_counting();

// Runs `body`, which returns a lib::Fault, and counts.
template <class Body>
Touched counted(Body body) {
  warm_up_counting();
  const long before = lib::minor_faults();
  const lib::Fault refused = body();
  return {lib::minor_faults() - before, refused};
}

// Reads all of it, and expects the pattern there.
long faults_of_reading(const Region& region, lib::Check& check, const char* who,
                       std::uint64_t seed);

struct Account {
  bool all = true;   // all of the region is huge, or the kernel does not say
  std::string text;  // ", AnonHugePages 8192 of 8192 kB"
};
Account account(Provider& provider, const Region& region);

// Bytes of page tables that this process has (VmPTE; what mm_pgtables_bytes() counts). A huge entry
// that became smaller ones has one table more below it, of 4 KiB, even if no access to it faults: a
// PUD always, a PMD but for THP's, whose table was there before, and of which account() tells.
// Nobody walks the entries for it, which would split those of device DAX.
std::size_t table_bytes();
// That it counts: how much a page in a gibibyte of its own adds. Two tables are 8 KiB.
std::size_t table_bytes_of_a_page();

// "4 KiB", "2 MiB".
std::string size_text(std::size_t bytes);

// How many entries map it, if all are of the provider's size.
long entries(const Region& region, const Provider& provider);

// Touches a region that is not yet populated, a word every `step` bytes, at most stride() apart.
// Bails out if it cannot be written.
struct EntryProof {
  bool proven;
  std::string fact;
};
EntryProof prove_entries(Provider& provider, const Region& region, std::size_t step);

// The same, said as the evidence of this name.
void prove_entries(lib::Case& test, const char* name, Provider& provider, const Region& region,
                   std::size_t step);

}  // namespace kproof::mm
