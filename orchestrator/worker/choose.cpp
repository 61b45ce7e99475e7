#include "worker/choose.hpp"

namespace kproof::worker {
using lease::What;

static bool is_enough(const Time& time, util::Millis limit) {
  if (!time.left) return true;
  const bool new_here = time.whole && *time.left * 10 >= *time.whole * 9;
  return limit <= *time.left || (new_here && time.whole && limit > *time.whole);
}

Choice choose(std::span<const Sight> items, const Time& time) {
  bool held = false, too_long = false;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Sight& item = items[i];
    if (item.finished || item.lease.what == What::done) continue;
    if (item.lease.what == What::exhausted) return {Choice::Do::record, i};
    if (!item.lease.claimable())
      held = true;
    else if (is_enough(time, item.limit))
      return {Choice::Do::run, i};
    else
      too_long = true;
  }
  if (too_long) return {Choice::Do::no_time, 0};
  return {held ? Choice::Do::wait : Choice::Do::finished, 0};
}

}  // namespace kproof::worker
