// What libvirt's callbacks say of a guest, carried to the thread that runs it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "util/fd.hpp"

namespace kproof::virt {

enum class Lifecycle {
  shutdown,         // the guest powered off or was reset; QEMU is about to end
  crashed,          // the panic device was written to
  stopped,          // QEMU has ended and libvirt has cleaned up: the last event of a guest
  connection_lost,  // the daemon is gone
  qmp,              // an event of QEMU's own monitor, before what libvirt makes of it
};

struct GuestEvent {
  Lifecycle kind;
  std::string qmp = {};  // as QEMU writes it: {"event": "SHUTDOWN", "data": {...}}

  bool operator==(const GuestEvent&) const = default;
};

// Many producers, one consumer. post() never blocks for long and never throws: it is called from
// libvirt's callbacks.
class EventQueue {
 public:
  EventQueue();
  void post(GuestEvent event) noexcept;
  std::optional<GuestEvent> take();
  int fd() const { return fd_.get(); }  // readable while there may be something to take
  // `stopped` or `connection_lost` was posted, taken or not: no other event follows.
  bool ended() const;

 private:
  util::Fd fd_;
  mutable std::mutex mutex_;
  std::deque<GuestEvent> events_;
  bool ended_ = false;
};

// The queues of all guests of a connection, by name. libvirt holds a reference of its own for each
// of its callbacks, which it gives back when it calls that no more: a callback that comes late, or
// while the connection closes, finds it there.
class Mailroom {
 public:
  std::shared_ptr<EventQueue> open(const std::string& name);
  void close(const std::string& name) noexcept;
  // The guest is gone, and libvirt has yet to clean up behind it: closed with its last event.
  void leave(const std::string& name) noexcept;
  // Until all that were left are closed; after `most` those are given up, and hear no more.
  void wait_for_left(std::chrono::milliseconds most) noexcept;
  // To the guest of that name if there is one, or to all where that is null.
  void post(const char* name, const GuestEvent& event) noexcept;

 private:
  struct Box {
    std::shared_ptr<EventQueue> queue;
    bool left = false;
  };
  void close_left() noexcept;  // locked

  std::mutex mutex_;
  std::condition_variable closed_;
  std::map<std::string, Box> boxes_;
};

}  // namespace kproof::virt
