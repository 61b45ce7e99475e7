#include "run/guest_clock.hpp"

#include <algorithm>

namespace kproof::run {

void GuestClock::look(Time now, util::Millis waited) {
  const auto passed = std::chrono::floor<util::Millis>(now - looked_);
  const auto most = std::chrono::floor<util::Millis>((now - started_) * 3 / 4);
  const util::Millis taken = std::min({waited, starved_ + passed, most});
  hopeless_ = waited > most && most.count() > 0;
  starved_ = std::max(starved_, taken);
  looked_ = now;
}

Time GuestClock::now(Time ours) {
  last_ = std::max(last_, ours - behind());
  return last_;
}

}  // namespace kproof::run
