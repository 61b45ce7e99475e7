#include "virt/events.hpp"

#include <cerrno>
#include <cstring>

#include <sys/eventfd.h>

#include "util/error.hpp"

namespace kproof::virt {

EventQueue::EventQueue() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) throw HostError(std::string("eventfd: ") + std::strerror(errno));
}

void EventQueue::post(GuestEvent event) noexcept {
  const std::lock_guard lock(mutex_);
  ended_ |= event.kind == Lifecycle::stopped || event.kind == Lifecycle::connection_lost;
  events_.push_back(std::move(event));
  ::eventfd_write(fd_.get(), 1);
}

std::optional<GuestEvent> EventQueue::take() {
  const std::lock_guard lock(mutex_);
  if (events_.empty()) {
    eventfd_t ignored;
    ::eventfd_read(fd_.get(), &ignored);
    return std::nullopt;
  }
  GuestEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

bool EventQueue::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

std::shared_ptr<EventQueue> Mailroom::open(const std::string& name) {
  auto queue = std::make_shared<EventQueue>();
  const std::lock_guard lock(mutex_);
  queues_[name] = queue;
  return queue;
}

void Mailroom::close(const std::string& name) noexcept {
  const std::lock_guard lock(mutex_);
  queues_.erase(name);
}

void Mailroom::leave(const std::string& name) noexcept {
  const std::lock_guard lock(mutex_);
  left_.insert(name);
  close_left();
}

void Mailroom::close_left() noexcept {
  std::erase_if(left_, [this](const std::string& name) {
    const auto queue = queues_.find(name);
    if (queue == queues_.end() || !queue->second->ended()) return queue == queues_.end();
    queues_.erase(queue);
    return true;
  });
  closed_.notify_all();
}

void Mailroom::wait_for_left(std::chrono::milliseconds most) noexcept {
  std::unique_lock lock(mutex_);
  closed_.wait_for(lock, most, [this] { return left_.empty(); });
  for (const std::string& name : left_)
    queues_.erase(name);
  left_.clear();
}

void Mailroom::post(const char* name, const GuestEvent& event) noexcept {
  const std::lock_guard lock(mutex_);
  for (const auto& [guest, queue] : queues_)
    if (!name || guest == name) queue->post(event);
  close_left();
}

}  // namespace kproof::virt
