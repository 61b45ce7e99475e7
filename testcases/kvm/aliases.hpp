// Many guest-virtual addresses of the same memory: what makes long rmap chains in the shadow MMU.
#pragma once

#include "kvm/machine.hpp"

namespace kproof::kvm {

// Maps the machine's region again and again, by 4 KiB guest pages, from gva() on.
//
// In shadow mode each guest page table gets a shadow page of its own, keyed by the table's gfn, and
// each SPTE in it is an entry in the rmap chain of the page that it maps. So all aliases need
// tables at different guest-physical addresses, but these may hold the same: the tables of one
// alias lie in a memfd, and a memory slot shows that file once for each alias. 2 MiB of aliases
// thus cost the test no memory; the kernel needs about 13 KiB for them (kKernelBytesPerTable).
class Aliases {
 public:
  // What KVM allocates for a full guest page table: the shadow page (4 KiB), what it shadows (8
  // bytes for each SPTE: shadowed_translation), its struct kvm_mmu_page, and rmap chains of 14
  // entries in 128 bytes (struct pte_list_desc).
  static constexpr std::size_t kKernelBytesPerTable = 4096 + 4096 + 256 + 512 * 128 / 14;
  static constexpr unsigned kTableSlot = 2;
  // KVM drops all SPTEs of a page that has more (RMAP_RECYCLE_THRESHOLD).
  static constexpr std::size_t kMostPerPage = 1000;

  // `count` aliases, the machine's own mapping not among them. Raises the limit of shadow pages.
  Aliases(Machine& machine, std::size_t count);
  Aliases(const Aliases&) = delete;
  Aliases& operator=(const Aliases&) = delete;
  ~Aliases();

  std::size_t count() const { return count_; }
  std::size_t sptes() const { return count_ * machine_.region().length() / kPage4K; }
  Gva gva(std::size_t alias) const;

  // The vCPUs, each in a thread of its own, read what makes KVM map every page of every alias: one
  // page of each aligned group of eight, whose others KVM prefetches (PTE_PREFETCH_NUM).
  void touch_all();

 private:
  Machine& machine_;
  std::size_t count_;
  char* tables_;  // as the slot has them
  std::size_t tables_size_;
};

}  // namespace kproof::kvm
