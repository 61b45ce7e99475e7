#include "virt/events.hpp"

#include <cerrno>
#include <cstring>

#include <sys/eventfd.h>

#include "util/error.hpp"

namespace kproof::virt {

EventQueue::EventQueue() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) throw HostError(std::string("eventfd: ") + std::strerror(errno));
}

void EventQueue::post(Lifecycle event) noexcept {
  const std::lock_guard lock(mutex_);
  events_.push_back(event);
  ::eventfd_write(fd_.get(), 1);
}

std::optional<Lifecycle> EventQueue::take() {
  const std::lock_guard lock(mutex_);
  if (events_.empty()) {
    eventfd_t ignored;
    ::eventfd_read(fd_.get(), &ignored);
    return std::nullopt;
  }
  const Lifecycle event = events_.front();
  events_.pop_front();
  return event;
}

}  // namespace kproof::virt
