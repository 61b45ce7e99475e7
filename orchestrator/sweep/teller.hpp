// Has others told what happens, without those to whom it happens waiting for it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace kproof::sweep {

// Calls what it is given in one thread of its own, in order: a terminal that is stopped by Ctrl-S
// holds up no cell. All has been called when the object is gone.
class Teller {
 public:
  Teller();
  ~Teller() = default;
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;
  void tell(std::function<void()> news);

 private:
  void work(const std::stop_token& stop);
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> news_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace kproof::sweep
