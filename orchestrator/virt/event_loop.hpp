// libvirt's default event loop on a thread of its own. One per process, before any connection.
#pragma once

#include <atomic>
#include <thread>

namespace kproof::virt {

class EventLoop {
 public:
  EventLoop();   // HostError when libvirt cannot
  ~EventLoop();  // wakes the loop and joins; connections must be closed by then
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

 private:
  int waker_ = -1;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace kproof::virt
