// A guest's deadlines are for a guest that runs. What its host keeps from it - other work on its
// CPUs - is taken off our clock, so that a busy host makes a run longer, and no kernel hang; and so
// is, all of it, the time for which a user holds the guest (hold.hpp).
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "run/session.hpp"
#include "util/units.hpp"

namespace kproof::run {

class GuestClock {
 public:
  explicit GuestClock(Time started) : started_(started), looked_(started), last_(started) {}

  // `waited`: how long since its start QEMU's busiest CPU was ready to run and was not run
  // (virt/run_delay.hpp). At most three quarters of the time are taken off: a deadline is
  // reached at the fourfold of its length, whatever the host does.
  void look(Time now, util::Millis waited);
  // From `ours` on the clock stands still, or goes on.
  void hold(Time ours, bool holds);

  // The guest stood still so long, because we wanted it to.
  void hold(util::Millis time) { held_ += time; }

  // Never runs backwards.
  Time now(Time ours);
  // What is taken off our clock.
  util::Millis behind() const { return starved_ + std::chrono::floor<util::Millis>(held_); }
  util::Millis starved() const { return starved_; }
  // More was waited than is taken off: nothing that came too late is the guest's fault.
  bool hopeless() const { return hopeless_; }
  // The longest wait within model::kStarvedWindow: what makes a kernel stall that never ran.
  util::Millis worst() const { return worst_; }

 private:
  void look_back(Time now, util::Millis counts);

  Time started_, looked_, last_;
  util::Millis starved_{0};
  std::optional<Time> held_since_;
  Time::duration held_{0};
  // Of QEMU's waiting, what was so far, and what was while the guest was held, which is no excuse.
  util::Millis waited_{0}, waited_held_{0};
  bool hopeless_ = false;
  // When we looked, and what had been waited by then, as far back as the window and one further.
  std::deque<std::pair<Time, util::Millis>> window_;
  util::Millis worst_{0};
};

}  // namespace kproof::run
