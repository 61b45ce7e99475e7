// What the host has taken from a running guest, and when: by which a refusal of KVM_RUN is judged.
//
// KVM_RUN fails with EFAULT where the host's mapping does not allow what the guest does. It must
// not where the mapping does: QEMU ends a VM at once then. So each refusal needs a right that was
// taken at that very address, while that KVM_RUN went on.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>

#include "kvm/page_tables.hpp"

namespace kproof::kvm {

// Guest-virtual addresses.
struct GvaRange {
  Gva start;
  std::size_t length;  // bytes

  bool has(Gva gva) const { return gva - start < length; }
};

// Safe to use by several threads.
class Rights {
 public:
  // A moment, in the order of taking and giving.
  using Moment = std::uint64_t;

  // Before the host takes some right to the range, and after it has given all of them back. Ranges
  // that are taken at the same time are different ones.
  void take(const GvaRange& range);
  void give_back(const GvaRange& range);

  Moment now() const;
  // Something was lacking at `gva` now, or at some time since.
  bool lacked(Gva gva, Moment since) const;

 private:
  struct Taken {
    GvaRange range;
    Moment end;
  };
  static constexpr Moment kNever = ~Moment{0};
  static constexpr std::size_t kMostKept = 4096;  // that are over

  mutable std::mutex mutex_;
  Moment now_ = 0;
  Moment forgotten_ = 0;  // whatever ended before is not known any more
  std::deque<Taken> taken_;
};

}  // namespace kproof::kvm
