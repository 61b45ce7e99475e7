// A virtual machine: memory slots, and low memory that belongs to this library.
//
// Guest-physical layout, the same in each VM:
//   0x1000    code (guest_code.hpp)
//   0x10000   one page for each vCPU: its Mailbox
//   0x60000   two pages for each vCPU, or guest's guest: its ScriptArea (guest_script.hpp)
//   0x100000  page tables (page_tables.hpp) and other pages from alloc_page()
//   4 GiB     kRegionGpa: what a case tests; aligned so that a 1 GiB SPTE can map it
#pragma once

#include <cstddef>
#include <memory>

#include "kvm/api.hpp"
#include "kvm/guest_code.hpp"
#include "kvm/stats.hpp"

namespace kproof::kvm {

inline constexpr Gpa kCodeGpa = 0x1000;
inline constexpr Gpa kMailboxGpa = 0x10000;
inline constexpr unsigned kMostVcpus = 64;
inline constexpr Gpa kScriptGpa = 0x60000;
inline constexpr Gpa kFreeGpa = 0x100000;
inline constexpr Gpa kRegionGpa = Gpa{4} << 30;

// Guest memory that the host has at `host`. The host keeps ownership and must outlive the slot.
struct Slot {
  unsigned id;  // 0 is the low memory's
  Gpa gpa;
  std::size_t size;  // bytes
  void* host;
  unsigned flags = 0;  // KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY
};

class Vm {
 public:
  // `low_size`: bytes of low memory, which holds the page tables: 2 MiB are enough to map 512 MiB
  // by 4 KiB. It is anonymous memory of 4 KiB pages.
  explicit Vm(const Kvm& kvm, std::size_t low_size = std::size_t{2} << 20);
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;
  ~Vm();

  const Kvm& kvm() const { return kvm_; }
  int fd() const { return fd_; }

  // KVM_ENABLE_CAP, if KVM_CHECK_EXTENSION says all of these `flags` of the capability. False: it
  // has not changed anything.
  bool enable(unsigned capability, std::uint64_t flags) const;
  // KVM_SET_USER_MEMORY_REGION: makes the slot, or moves it, or changes its flags. 0, or errno.
  int try_set(const Slot& slot);
  void set(const Slot& slot);  // bails out
  void remove(unsigned id);
  // KVM_SET_NR_MMU_PAGES. The default is 2 % of the slots' pages, at least 64; what exceeds it is
  // recycled, which a test of many SPTEs does not want.
  void allow_shadow_pages(unsigned pages);

  std::size_t low_size() const { return low_size_; }  // bytes of low memory
  // The host's view of it; `gpa` below its size.
  void* low(Gpa gpa) const { return low_.get() + gpa; }
  Mailbox& mailbox(unsigned vcpu) const;
  // Zeroed pages of low memory; bails out when there is none left.
  Gpa alloc_page() { return alloc_pages(1); }
  Gpa alloc_pages(std::size_t count);

  // What KVM counts for this VM: "pages_4k" ...
  const Stats& stats() const { return stats_; }

 private:
  struct Unmap {
    std::size_t size;
    void operator()(char* memory) const;
  };

  const Kvm& kvm_;
  int fd_;
  std::size_t low_size_;
  std::unique_ptr<char, Unmap> low_;  // outlives stats_, whose file keeps the VM and its SPTEs
  Gpa free_ = kFreeGpa;
  Stats stats_;
};

}  // namespace kproof::kvm
