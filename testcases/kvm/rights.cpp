#include "kvm/rights.hpp"

#include <algorithm>

namespace kproof::kvm {

void Rights::take(const GvaRange& range) {
  const std::scoped_lock lock(mutex_);
  ++now_;
  taken_.push_back({range, kNever});
  while (taken_.size() > kMostKept && taken_.front().end != kNever) {
    forgotten_ = std::max(forgotten_, taken_.front().end);
    taken_.pop_front();
  }
}

void Rights::give_back(const GvaRange& range) {
  const std::scoped_lock lock(mutex_);
  ++now_;
  const auto taken = std::find_if(taken_.rbegin(), taken_.rend(), [&](const Taken& taken) {
    return taken.end == kNever && taken.range.start == range.start &&
           taken.range.length == range.length;
  });
  if (taken != taken_.rend()) taken->end = now_;
}

Rights::Moment Rights::now() const {
  const std::scoped_lock lock(mutex_);
  return now_;
}

bool Rights::lacked(Gva gva, Moment since) const {
  const std::scoped_lock lock(mutex_);
  if (since < forgotten_) return true;
  return std::any_of(taken_.begin(), taken_.end(), [&](const Taken& taken) {
    return taken.end >= since && taken.range.has(gva);
  });
}

}  // namespace kproof::kvm
