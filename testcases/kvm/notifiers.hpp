// KVM's mmu_notifier callbacks, counted by the tracepoints that stand at their start
// (virt/kvm/kvm_main.c, include/trace/events/kvm.h).
#pragma once

#include <cstddef>

#include <sys/types.h>

#include "kvm/tracepoint.hpp"
#include "mm/mapping.hpp"

namespace kproof::kvm {

// Addresses of the process whose memory is the guest's.
struct HvaRange {
  std::uintptr_t start;
  std::size_t length;  // bytes

  std::uintptr_t end() const { return start + length; }
};
inline HvaRange hva_range(const mm::Region& region) {
  return {reinterpret_cast<std::uintptr_t>(region.base()), region.length()};
}

// The VMs of this process. Each of them is called for each range of the mm, whether it has a
// memslot there or not. Measured; 0 if nothing can be counted.
unsigned notified_vms();

// Counts callbacks of one VM that touch a range, from its construction on.
class NotifierCounters {
 public:
  // `vms` of the process that has the range. With `thread`, what that thread does to it.
  NotifierCounters(const HvaRange& range, unsigned vms, pid_t thread = 0);

  // Of invalidate_range_start; of clear_young and clear_flush_young; of test_young.
  std::uint64_t invalidations() const { return unmap_.count() / vms_; }
  std::uint64_t agings() const { return age_.count() / vms_; }
  std::uint64_t young_tests() const { return test_.count() / vms_; }
  // Why one of them cannot count; "" when all can.
  const std::string& problem() const;

 private:
  unsigned vms_;
  TracepointCounter unmap_, age_, test_;
};

}  // namespace kproof::kvm
