// One change of memory by another thread, so that something can happen amid it.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace kproof::kvm {

// A region of small pages so large that to change it takes some milliseconds, of which all is one
// invalidation.
inline constexpr std::size_t kSizeOfInvalidation = std::size_t{64} << 20;

class Meanwhile {
 public:
  // Returns when `begun` says that the change is under way, or when it is over.
  template <class Begun>
  Meanwhile(std::function<void()> change, Begun begun)
      : thread_([change = std::move(change), this] {
          change();
          over_ = true;
        }) {
    while (!begun() && !over()) {
    }
  }
  Meanwhile(const Meanwhile&) = delete;
  Meanwhile& operator=(const Meanwhile&) = delete;
  ~Meanwhile() { thread_.join(); }

  bool over() const { return over_; }

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace kproof::kvm
