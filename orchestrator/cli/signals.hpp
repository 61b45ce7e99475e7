// Ctrl-C: once for an orderly end, twice for an immediate one.
#pragma once

#include <atomic>
#include <thread>

#include "run/stop.hpp"
#include "util/fd.hpp"

namespace kproof::cli {

// To be made before any other thread, so that all of them have SIGINT, SIGTERM and SIGHUP blocked
// and only this object's thread takes them. The first requests the stop; the second ends the
// process with 130 at once, and the kernel ends its guests (virt/tied/qemu_tied.c). A signal that
// is ignored from the start on stays so: the kernel drops an ignored signal that is not blocked.
class SignalWatch {
 public:
  explicit SignalWatch(run::StopRequest& stop);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  bool interrupted() const { return count_ > 0; }

 private:
  void watch(run::StopRequest& stop);
  util::Fd signals_, quit_;
  std::atomic<int> count_{0};
  std::thread thread_;
};

}  // namespace kproof::cli
