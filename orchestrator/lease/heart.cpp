#include "lease/heart.hpp"

#include <condition_variable>

#include "util/error.hpp"

namespace kproof::lease {

static bool is_lost(Lease& lease) {
  try {
    return lease.beat() == Lease::Beat::lost;
  } catch (const HostError&) {
    return false;
  }
}

Heart::Heart(Lease& lease, util::Millis stale_after, std::function<void()> on_lost)
    : thread_([&lease, every = stale_after / 6,
               on_lost = std::move(on_lost)](const std::stop_token& stop) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any never;
        while (!never.wait_for(lock, stop, every, [&] { return stop.stop_requested(); }))
          if (is_lost(lease)) return on_lost();
      }) {}

}  // namespace kproof::lease
