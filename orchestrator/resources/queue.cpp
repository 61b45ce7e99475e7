#include "resources/queue.hpp"

#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include <poll.h>
#include <sys/eventfd.h>

#include "util/fd.hpp"

namespace kproof::resources {

namespace {

class Queue {
 public:
  Queue(std::vector<Job> jobs, Gate& gate, int stop_fd)
      : jobs_(std::move(jobs)),
        gate_(gate),
        stop_fd_(stop_fd),
        one_ended_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    for (std::size_t i = 0; i < jobs_.size(); ++i)
      left_.push_back(i);
  }

  void run() {
    for (;;) {
      join_ended();
      if (is_readable(stop_fd_)) left_.clear();
      start_some();  // also where none is left: what has ended is no longer claimed
      if (running_.empty() && left_.empty()) return;
      wait();
    }
  }

 private:
  static bool is_readable(int fd) {
    pollfd one{fd, POLLIN, 0};
    return ::poll(&one, 1, 0) > 0;
  }

  void join_ended() {
    eventfd_t ignored = 0;
    ::eventfd_read(one_ended_.get(), &ignored);
    std::vector<std::size_t> ended;
    {
      const std::lock_guard lock(mutex_);
      ended.swap(ended_);
    }
    for (const std::size_t index : ended)
      running_.erase(index);  // joins
  }

  void start_some() {
    std::vector<Needs> running;
    for (const auto& [index, thread] : running_)
      running.push_back(jobs_[index].waiting.needs);
    std::vector<Waiting> waiting;
    for (const std::size_t index : left_)
      waiting.push_back(jobs_[index].waiting);
    const Gate::Answer answer = gate_.ask(running, waiting);
    std::vector<std::size_t> stay;
    for (std::size_t i = 0, next = 0; i < left_.size(); ++i)
      if (next < answer.start.size() && answer.start[next] == i) {
        start(left_[i]);
        for (const std::size_t passed : stay)
          ++jobs_[passed].waiting.overtaken;
        ++next;
      } else {
        stay.push_back(left_[i]);
      }
    left_ = std::move(stay);
    if (!answer.hopeless.empty()) give_up_first(answer.hopeless);
  }

  void give_up_first(const std::string& why) {
    jobs_[left_.front()].give_up(why);
    left_.erase(left_.begin());
    ::eventfd_write(one_ended_.get(), 1);  // the next one may start at once
  }

  void start(std::size_t index) try {
    running_.emplace(index, [this, index] {
      jobs_[index].work();
      const std::lock_guard lock(mutex_);
      ended_.push_back(index);
      ::eventfd_write(one_ended_.get(), 1);
    });
  } catch (const std::system_error& error) {
    jobs_[index].give_up(error.what());
  }

  void wait() const {
    pollfd fds[] = {{one_ended_.get(), POLLIN, 0},
                    {left_.empty() ? -1 : stop_fd_, POLLIN, 0},  // poll() passes over -1
                    {left_.empty() ? -1 : gate_.changed(), POLLIN, 0}};
    ::poll(fds, 3, left_.empty() ? -1 : static_cast<int>(Gate::kLook.count()));
  }

  std::vector<Job> jobs_;
  Gate& gate_;
  const int stop_fd_;
  const util::Fd one_ended_;
  std::vector<std::size_t> left_;  // in order
  std::mutex mutex_;
  std::vector<std::size_t> ended_;
  std::map<std::size_t, std::jthread> running_;  // last: their threads use the rest
};

}  // namespace

void run_all(std::vector<Job> jobs, Gate& gate, int stop_fd) {
  Queue(std::move(jobs), gate, stop_fd).run();
}

}  // namespace kproof::resources
