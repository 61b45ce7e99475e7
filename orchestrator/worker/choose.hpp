// Which cell a worker begins. Pure.
#pragma once

#include <optional>
#include <span>

#include "lease/decision.hpp"
#include "util/units.hpp"

namespace kproof::worker {

// A cell of the list as this worker sees it, in the list's order.
struct Sight {
  util::Millis limit{0};  // on this worker's accelerator
  lease::Decision lease;
  bool finished = false;  // it has a result
};

// What is left of this worker's own time, and how much it had; nothing: no limit.
struct Time {
  std::optional<util::Millis> left, whole;
};

struct Choice {
  enum class Do : std::uint8_t {
    run,       // `item`
    record,    // `item` as broken: its attempts are used up
    wait,      // others hold all that is left
    no_time,   // what is left may take longer than this worker has
    finished,  // nothing is left
  } act = Do::finished;
  std::size_t item = 0;
};

// The first that nobody has and that the time is enough for. One whose limit no worker's time is
// enough for is begun by one that has nearly all of its time before it: most cells take far less
// than their limits, and one that does not is given back.
Choice choose(std::span<const Sight> items, const Time& time);

}  // namespace kproof::worker
