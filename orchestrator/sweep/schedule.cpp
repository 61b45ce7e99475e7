#include "sweep/schedule.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <poll.h>

namespace kproof::sweep {

// QEMU without its guest's RAM: code, TCG's translation buffer (up to 1 GiB, in use far less),
// queues.
static constexpr std::uint64_t kQemuItself = 512ull << 20;

plan::Needs needs_of(const PreparedCell& cell) {
  const model::Level& level = cell.levels.front().level;
  return {.vcpus = level.vcpus,
          .memory = level.memory + level.nvdimm + kQemuItself,
          .alone = cell.quiet};
}

void order_in_rounds(std::vector<PreparedCell>& cells) {
  std::ranges::stable_sort(cells, {},
                           [](const PreparedCell& cell) { return cell.cell.repetition; });
}

// One thread a running cell; this object's thread admits them, in order.
class Schedule {
 public:
  Schedule(const std::vector<PreparedCell>& cells, const Site& site, const run::StopRequest& stop,
           const Listener& listener)
      : cells_(cells), site_(site), stop_(stop), listener_(listener), results_(cells.size()) {}

  void run(const plan::Capacity& capacity) {
    std::vector<plan::Needs> waiting;
    for (const PreparedCell& cell : cells_)
      waiting.push_back(needs_of(cell));
    std::unique_lock lock(mutex_);
    for (std::size_t next = 0; next < cells_.size() && !stopped();) {
      const auto rest = std::span(waiting).subspan(next);
      for (std::size_t n = plan::startable(running_, rest, capacity); n > 0; --n)
        start(next++);
      if (next < cells_.size()) ended_.wait(lock);
    }
    lock.unlock();
    threads_.clear();  // joins
  }

  std::vector<model::CellResult> take() {
    std::vector<model::CellResult> finished;
    for (auto& result : results_)
      if (result) finished.push_back(std::move(*result));
    return finished;
  }

 private:
  bool stopped() const {
    pollfd request{stop_.fd(), POLLIN, 0};
    return ::poll(&request, 1, 0) > 0;
  }

  void start(std::size_t index) {
    running_.push_back(needs_of(cells_[index]));
    threads_.emplace_back([this, index] { run_one(index); });
  }

  void run_one(std::size_t index) {
    const PreparedCell& cell = cells_[index];
    auto result = run_cell(cell, site_, static_cast<unsigned>(index), stop_,
                           [&](int level, model::Phase phase) {
                             const std::lock_guard lock(mutex_);
                             listener_.on_phase(cell.cell, level, phase);
                           });
    const std::lock_guard lock(mutex_);
    if (result) listener_.on_result(*result);
    results_[index] = std::move(result);
    const plan::Needs mine = needs_of(cell);
    running_.erase(std::find_if(running_.begin(), running_.end(),
                                [&](const plan::Needs& needs) { return needs == mine; }));
    ended_.notify_one();
  }

  const std::vector<PreparedCell>& cells_;
  const Site& site_;
  const run::StopRequest& stop_;
  const Listener& listener_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::vector<plan::Needs> running_;
  std::vector<std::optional<model::CellResult>> results_;
  std::vector<std::jthread> threads_;
};

std::vector<model::CellResult> run_all(const std::vector<PreparedCell>& cells, const Site& site,
                                       const plan::Capacity& capacity, const run::StopRequest& stop,
                                       const Listener& listener) {
  Schedule schedule(cells, site, stop, listener);
  schedule.run(capacity);
  return schedule.take();
}

}  // namespace kproof::sweep
