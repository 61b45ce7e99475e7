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

// What no range touches. Each tracepoint costs over a second to turn on, under TCG: a case whose
// subtests count keeps a counter of this all the while, so that theirs are on already.
inline constexpr HvaRange kNowhere{0, 1};

// The VMs of this process. Each of them is called for each range of the mm, whether it has a
// memslot there or not. Measured; 0 if nothing can be counted.
unsigned notified_vms();

// Counts callbacks of one VM that touch a range, from its construction on: of
// invalidate_range_start.
class InvalidationCounter {
 public:
  // `vms` of the process that has the range. With `thread`, what that thread does to it.
  InvalidationCounter(const HvaRange& range, unsigned vms, pid_t thread = 0);

  std::uint64_t invalidations() const { return unmap_.count() / vms_; }
  // Why it cannot count; "" if it can.
  const std::string& problem() const { return unmap_.problem(); }

 protected:
  unsigned vms_;

 private:
  TracepointCounter unmap_;
};

// And those that ask for an age.
class NotifierCounters : public InvalidationCounter {
 public:
  NotifierCounters(const HvaRange& range, unsigned vms);

  // Of clear_young and clear_flush_young.
  std::uint64_t agings() const { return age_.count() / vms_; }
  // Of test_young, which asks no other VM once one has said that the page is young: so many at
  // least.
  std::uint64_t young_tests() const { return (test_.count() + vms_ - 1) / vms_; }
  // Why one of the three cannot count; "" when all can.
  const std::string& problem() const;

 private:
  TracepointCounter age_, test_;
};

}  // namespace kproof::kvm
