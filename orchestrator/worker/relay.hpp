// A stop that is asked for in one place and obeyed in another.
#pragma once

#include <thread>

#include <poll.h>
#include <sys/eventfd.h>

#include "run/stop.hpp"
#include "util/fd.hpp"

namespace kproof::worker {

// While it lives: asks for the stop of one cell, too, when the stop of all is asked for. `all` is
// readable then; both are borrowed.
class Relay {
 public:
  Relay(int all, run::StopRequest& one)
      : quit_(::eventfd(0, EFD_CLOEXEC)), thread_([this, all, &one] {
          pollfd fds[] = {{all, POLLIN, 0}, {quit_.get(), POLLIN, 0}};
          while (::poll(fds, 2, -1) < 0)
            ;
          if (fds[0].revents) one.request();
        }) {}
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  ~Relay() {
    ::eventfd_write(quit_.get(), 1);
    thread_.join();
  }

 private:
  util::Fd quit_;
  std::thread thread_;
};

}  // namespace kproof::worker
