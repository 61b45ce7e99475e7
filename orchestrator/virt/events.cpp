#include "virt/events.hpp"

#include <algorithm>
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
  boxes_[name] = {queue};
  return queue;
}

void Mailroom::close(const std::string& name) noexcept {
  const std::lock_guard lock(mutex_);
  boxes_.erase(name);
}

void Mailroom::leave(const std::string& name) noexcept {
  const std::lock_guard lock(mutex_);
  if (const auto box = boxes_.find(name); box != boxes_.end()) box->second.left = true;
  close_left();
}

void Mailroom::close_left() noexcept {
  std::erase_if(boxes_,
                [](const auto& box) { return box.second.left && box.second.queue->ended(); });
  closed_.notify_all();
}

void Mailroom::wait_for_left(std::chrono::milliseconds most) noexcept {
  const auto is_left = [](const auto& box) { return box.second.left; };
  std::unique_lock lock(mutex_);
  closed_.wait_for(lock, most, [&] { return std::ranges::none_of(boxes_, is_left); });
  std::erase_if(boxes_, is_left);
}

void Mailroom::post(const char* name, const GuestEvent& event) noexcept {
  const std::lock_guard lock(mutex_);
  for (const auto& [guest, box] : boxes_)
    if (!name || guest == name) box.queue->post(event);
  close_left();
}

}  // namespace kproof::virt
