// Has a lease beat while its holder works.
#pragma once

#include <functional>
#include <thread>

#include "lease/store.hpp"

namespace kproof::lease {

// Beats six times in the time after which the lease would be stale. `on_lost` is called once, from
// the heart's thread; a beat that cannot be written is tried again with the next. Stops when the
// object goes.
class Heart {
 public:
  Heart(Lease& lease, util::Millis stale_after, std::function<void()> on_lost);

 private:
  std::jthread thread_;
};

}  // namespace kproof::lease
