// What libvirt's callbacks say of a guest, carried to the thread that runs it.
#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "util/fd.hpp"

namespace kproof::virt {

enum class Lifecycle {
  shutdown,         // the guest powered off or was reset; QEMU is about to end
  reboot,           // the guest asked for a reset
  crashed,          // the panic device was written to
  stopped,          // QEMU has ended and libvirt has cleaned up
  connection_lost,  // the daemon is gone
};

// Many producers, one consumer. post() never blocks for long and never throws: it is called from
// libvirt's callbacks.
class EventQueue {
 public:
  EventQueue();
  void post(Lifecycle event) noexcept;
  std::optional<Lifecycle> take();
  int fd() const { return fd_.get(); }  // readable while there may be something to take

 private:
  util::Fd fd_;
  std::mutex mutex_;
  std::deque<Lifecycle> events_;
};

}  // namespace kproof::virt
