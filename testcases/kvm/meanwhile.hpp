// One change of memory by another thread, so that something can happen amid it.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "kvm/notifiers.hpp"

namespace kproof::kvm {

// A region of small pages so large that to change it takes some milliseconds, of which all is one
// invalidation.
inline constexpr std::size_t kSizeOfInvalidation = std::size_t{64} << 20;

class Meanwhile {
 public:
  // Returns when the change has begun, which is when the notifier's tracepoint is hit; or is over.
  Meanwhile(std::function<void()> change, const NotifierCounters& counters)
      : before_(counters.invalidations()), thread_([change = std::move(change), this] {
          change();
          over_ = true;
        }) {
    while (counters.invalidations() == before_ && !over()) {
    }
  }
  Meanwhile(const Meanwhile&) = delete;
  Meanwhile& operator=(const Meanwhile&) = delete;
  ~Meanwhile() { thread_.join(); }

  bool over() const { return over_; }

 private:
  const std::uint64_t before_;
  std::atomic<bool> over_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace kproof::kvm
