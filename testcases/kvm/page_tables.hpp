// The guest's own page tables: four levels, written by the host into low memory.
//
// Accessed and Dirty are preset, so that the guest's CPU never writes to a page table, and so that
// the shadow MMU prefetches: it maps the seven neighbours of a faulting page only where the guest's
// PTEs have Accessed set (FNAME(prefetch_gpte)).
#pragma once

#include <cstddef>

#include "kvm/vm.hpp"

namespace kproof::kvm {

inline constexpr std::size_t kPage4K = 4096;
inline constexpr std::size_t kPage2M = std::size_t{2} << 20;
inline constexpr std::size_t kPage1G = std::size_t{1} << 30;

// An entry. Intel SDM volume 3, 4.5; AMD64 APM volume 2, 5.3.
using Pte = std::uint64_t;
inline constexpr Pte kPresent = 1, kWritable = 2, kUser = 4, kAccessed = 1 << 5, kDirty = 1 << 6;
inline constexpr Pte kLarge = 1 << 7;  // PS: above level 1, a page and no table
inline constexpr Pte kNoExecute = Pte{1} << 63;
// What PageTables writes, besides an address and kLarge.
inline constexpr Pte kTable = kPresent | kWritable | kAccessed;
inline constexpr Pte kLeaf = kTable | kDirty;

// Where a case maps its region: the start of a PML4 entry of its own.
inline constexpr Gva kRegionGva = Gva{1} << 40;

class PageTables {
 public:
  // Maps all of the low memory that the library uses itself (below kFreeGpa) to itself.
  // `more`: bits that each entry has besides, as kUser, which nested page tables need.
  explicit PageTables(Vm& vm, Pte more = 0);

  Gpa root() const { return root_; }              // for CR3
  std::size_t tables() const { return tables_; }  // pages that hold tables, the root among them

  // Maps [gva, gva + length) to gpa on, read-write, by guest pages of `page_size` (kPage4K, 2M or
  // 1G), all three multiples of that. The same gpa may be mapped at any number of places.
  // Tables come from low memory: one page for each table. What was mapped there before is replaced.
  void map(Gva gva, Gpa gpa, std::size_t length, std::size_t page_size);

  // Where the entry of `level` (1: of a 4 KiB page, 4: of the root) lies that translates `gva`;
  // tables above it are made.
  Gpa entry_gpa(Gva gva, unsigned level);
  Pte* entry(Gva gva, unsigned level) { return static_cast<Pte*>(vm_.low(entry_gpa(gva, level))); }

  // Makes 2 MiB at `gva` be translated by the page table at guest-physical `table`, which the
  // caller fills with fill_table(): how the same table is used in several places, or from another
  // slot.
  void link_table(Gva gva, Gpa table);
  // Writes 512 entries at `host_table` that map 2 MiB from `gpa` on by 4 KiB.
  static void fill_table(void* host_table, Gpa gpa);

 private:
  Gpa new_table();

  Vm& vm_;
  Pte more_;
  std::size_t tables_ = 0;
  Gpa root_;
};

}  // namespace kproof::kvm
