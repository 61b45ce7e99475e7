#include "sweep/teller.hpp"

#include <utility>

namespace kproof::sweep {

Teller::Teller() : thread_([this](const std::stop_token& stop) { work(stop); }) {}

void Teller::tell(std::function<void()> news) {
  const std::lock_guard lock(mutex_);
  news_.push_back(std::move(news));
  changed_.notify_one();
}

void Teller::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !news_.empty(); })) {
    const auto next = std::move(news_.front());
    news_.pop_front();
    lock.unlock();
    next();
    lock.lock();
  }
}

}  // namespace kproof::sweep
