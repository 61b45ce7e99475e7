// A VM whose memory is mostly not there: four slots of different density.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "kvm/machine.hpp"
#include "kvm/notifiers.hpp"
#include "lib/check.hpp"

namespace kproof::kvm {

// One mapping that is one slot.
struct SparsePart {
  const char* name;
  const mm::Region* region;
  Gva gva;
  std::vector<std::size_t> pages;  // offsets of those that the guest has written
  std::size_t puds;                // PUD entries with such pages below them
  std::size_t pmds;                // PMD entries

  HvaRange range() const { return hva_range(*region); }
};

// All slots are in one VM, as each VM of a process has a notifier of its own.
class SparseMemory {
 public:
  // `size` bytes, a multiple of 4 GiB, for `none` and for `puds` each.
  SparseMemory(const Kvm& kvm, mm::Provider& provider, std::size_t size, unsigned vcpus);

  Machine& machine() { return machine_; }
  const SparsePart& none() const { return parts_[0]; }       // nothing: its PUD entries are none
  const SparsePart& puds() const { return parts_[1]; }       // a page in every other GiB
  const SparsePart& pmds() const { return parts_[2]; }       // a page in each PMD of a quarter GiB
  const SparsePart& populated() const { return parts_[3]; }  // all pages of 2 MiB
  const std::array<SparsePart, 4>& parts() const { return parts_; }

  // vCPU 0 reads each page of the part. The number that does not hold what populate() wrote.
  std::size_t wrong_pages(const SparsePart& part);
  // vCPU 0 may not read any of them; of many, 16 that are evenly spread and the last.
  void expect_refused(const SparsePart& part, lib::Check& check);

 private:
  SparsePart add(unsigned slot, const char* name, const mm::Region& region, Gpa gpa);
  void populate(SparsePart& part, std::size_t step, std::size_t count);

  Machine machine_;  // its own region is populated()
  mm::Region none_, puds_, pmds_;
  std::array<SparsePart, 4> parts_;
};

}  // namespace kproof::kvm
