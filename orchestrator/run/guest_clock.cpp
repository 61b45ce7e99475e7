#include "run/guest_clock.hpp"

#include <algorithm>

namespace kproof::run {

void GuestClock::look(Time now, util::Millis waited) {
  const auto passed = std::chrono::floor<util::Millis>(now - looked_);
  looked_ = now;
  if (held_since_) waited_held_ += waited - waited_;
  waited_ = waited;
  if (held_since_) return;
  const util::Millis counts = waited - waited_held_;
  const auto most = std::chrono::floor<util::Millis>((now - started_ - held_) * 3 / 4);
  const util::Millis taken = std::min({counts, starved_ + passed, most});
  hopeless_ = counts > most && most.count() > 0;
  starved_ = std::max(starved_, taken);
}

void GuestClock::hold(Time ours, bool holds) {
  if (holds && !held_since_) held_since_ = ours;
  if (holds || !held_since_) return;
  held_ += ours - *held_since_;
  held_since_.reset();
}

Time GuestClock::now(Time ours) {
  last_ = std::max(last_, held_since_.value_or(ours) - held_ - starved_);
  return last_;
}

}  // namespace kproof::run
