#include "run/guest_clock.hpp"

#include <algorithm>

#include "model/outcome.hpp"

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
  look_back(now, counts);
}

// Looks may be far between, on a host as busy as that: what was waited meanwhile is spread evenly.
void GuestClock::look_back(Time now, util::Millis counts) {
  window_.emplace_back(now, counts);
  while (window_.size() > 2 && now - window_[1].first >= model::kStarvedWindow)
    window_.pop_front();
  const auto [since, by_then] = window_.front();
  const auto span = std::max(std::chrono::floor<util::Millis>(now - since), model::kStarvedWindow);
  worst_ = std::max(worst_, (counts - by_then) * model::kStarvedWindow.count() / span.count());
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
