// Which pages of a slot the guest has written: KVM_MEM_LOG_DIRTY_PAGES.
#pragma once

#include <cstdint>
#include <vector>

#include "kvm/vm.hpp"

namespace kproof::kvm {

// Has KVM_GET_DIRTY_LOG leave the log and the write protection to KVM_CLEAR_DIRTY_LOG, for all
// slots of the VM (KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, Linux 5.0). False where KVM has no such.
bool protect_manually(const Vm& vm);
// And each log that begins says of all pages that they are dirty; protection comes with the first
// KVM_CLEAR_DIRTY_LOG of a page (KVM_DIRTY_LOG_INITIALLY_SET, Linux 5.7), as QEMU has it.
bool protect_when_cleared(const Vm& vm);

// The log of one slot, which is set with KVM_MEM_LOG_DIRTY_PAGES.
class DirtyLog {
 public:
  DirtyLog(const Vm& vm, const Slot& slot);

  // KVM_GET_DIRTY_LOG: what was written since the last one, or since clear() in manual mode. A page
  // may be said to be dirty that was not: KVM marks it when it lets the guest write.
  void get();
  // KVM_CLEAR_DIRTY_LOG of all that the last get() found.
  void clear();                                     // bails out
  int try_clear() { return try_clear(0, pages_); }  // 0 or errno
  // Of these pages, as the first bits of the bitmap say.
  int try_clear(std::size_t first, std::size_t pages);

  bool has(std::size_t offset) const;  // the page at this byte of the slot
  std::size_t pages() const;           // how many

 private:
  const Vm& vm_;
  unsigned slot_;
  std::size_t pages_;
  std::vector<std::uint64_t> bitmap_;
};

}  // namespace kproof::kvm
