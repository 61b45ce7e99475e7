#include "resources/queue.hpp"

#include <algorithm>
#include <limits>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>

#include "util/error.hpp"

namespace kproof::resources {

Queue::Queue(Gate& gate, int stop_fd)
    : gate_(gate), stop_fd_(stop_fd), news_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Queue::~Queue() {
  end();
}

void Queue::end() {
  stop();
  end_waiting();
  for (Entry& entry : entries_)
    if (entry.thread.joinable()) entry.thread.join();
}

void Queue::wake() const {
  ::eventfd_write(news_.get(), 1);
}

std::size_t Queue::add(Job job, bool ready) {
  const std::lock_guard lock(mutex_);
  entries_.push_back({std::move(job), ready ? State::waiting : State::unready});
  wake();
  return entries_.size() - 1;
}

void Queue::make_ready(std::size_t job) {
  const std::lock_guard lock(mutex_);
  if (entries_[job].state == State::unready) entries_[job].state = State::waiting;
  wake();
}

void Queue::drop(std::size_t job) {
  const std::lock_guard lock(mutex_);
  State& state = entries_[job].state;
  if (state == State::unready || state == State::waiting) state = State::gone;
  wake();
}

void Queue::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  wake();
}

std::shared_ptr<void> Queue::hold(Needs needs) {
  std::unique_lock lock(mutex_);
  const auto held = holds_.insert(holds_.end(), {gate_.of_build(std::move(needs))});
  wake();
  changed_.wait(lock, [&] { return held->state != Held::waiting; });
  if (held->state == Held::interrupted) {
    holds_.erase(held);
    throw Interrupted("interrupted while waiting for cores and memory of this host");
  }
  return {this, [held](Queue* queue) { queue->let_go(held); }};
}

void Queue::let_go(std::list<Held>::iterator held) {
  const std::lock_guard lock(mutex_);
  holds_.erase(held);
  wake();
}

void Queue::join_ended() {
  eventfd_t ignored = 0;
  ::eventfd_read(news_.get(), &ignored);
  std::vector<std::jthread> threads;
  {
    const std::lock_guard lock(mutex_);
    for (const std::size_t index : ended_) {
      threads.push_back(std::move(entries_[index].thread));
      entries_[index].state = State::gone;
    }
    ended_.clear();
  }
}  // joins

void Queue::end_waiting() {
  const std::lock_guard lock(mutex_);
  if (!stopped_ && !util::is_readable(stop_fd_)) return;
  stopped_ = true;
  for (Entry& entry : entries_)
    if (entry.state == State::unready || entry.state == State::waiting) entry.state = State::gone;
  for (Held& held : holds_)
    if (held.state == Held::waiting) held.state = Held::interrupted;
  changed_.notify_all();
}

void Queue::start_free() {
  std::vector<std::pair<std::size_t, std::string>> given_up;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (entries_[i].state == State::waiting && !entries_[i].job.claims)
        if (std::string why = start(i); !why.empty()) given_up.emplace_back(i, std::move(why));
  }
  for (const auto& [job, why] : given_up)
    give_up(job, why);
}

// Those of later rounds wait for jobs that are not ready yet, too.
unsigned Queue::last_round() const {
  unsigned last = std::numeric_limits<unsigned>::max();
  for (const Entry& entry : entries_)
    if (entry.state == State::unready && entry.job.claims)
      last = std::min(last, entry.job.waiting.round);
  return last;
}

// What was waiting when the gate was asked, in order, and its answer.
struct Queue::Asked {
  std::vector<Held*> holds;
  std::vector<std::size_t> jobs;  // behind them
  Gate::Answer answer;
};

// Without the lock while the gate decides: it may wait for other runs, and tells the user.
Queue::Asked Queue::ask() {
  Asked asked;
  std::vector<Needs> running;
  std::vector<Waiting> waiting;
  {
    const std::lock_guard lock(mutex_);
    for (Held& held : holds_)
      if (held.state == Held::held) {
        running.push_back(held.needs);
      } else if (held.state == Held::waiting) {
        asked.holds.push_back(&held);
        waiting.push_back({held.needs});
      }
    const unsigned last = last_round();
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const auto& [job, state, thread] = entries_[i];
      if (state == State::running && job.claims) running.push_back(job.waiting.needs);
      if (state != State::waiting || job.waiting.round > last) continue;
      asked.jobs.push_back(i);
      waiting.push_back(job.waiting);
    }
  }
  asked.answer = gate_.ask(running, waiting);
  return asked;
}

// Also where none waits: what has ended is no longer claimed.
void Queue::start_claiming() {
  const auto [holds, jobs, answer] = ask();
  std::vector<std::pair<std::size_t, std::string>> given_up;
  {
    const std::lock_guard lock(mutex_);
    std::vector<std::size_t> passed;
    for (std::size_t i = 0, next = 0; i < holds.size() + jobs.size(); ++i) {
      const bool starts = next < answer.start.size() && answer.start[next] == i;
      next += starts;
      if (i < holds.size()) {
        if (starts) holds[i]->state = Held::held;
        continue;
      }
      const std::size_t job = jobs[i - holds.size()];
      if (!starts) {
        passed.push_back(job);
        continue;
      }
      if (std::string why = start(job); !why.empty()) given_up.emplace_back(job, std::move(why));
      for (const std::size_t other : passed)
        ++entries_[other].job.waiting.overtaken;
    }
    if (!answer.hopeless.empty() && !holds.empty()) holds[0]->state = Held::held;  // it may try
    if (!answer.hopeless.empty() && holds.empty()) given_up.emplace_back(jobs[0], answer.hopeless);
    changed_.notify_all();
  }
  for (const auto& [job, why] : given_up)
    give_up(job, why);
}

// Without the lock, as it may say so to the queue's owner.
void Queue::give_up(std::size_t index, const std::string& why) {
  std::function<void(const std::string&)> tell;
  {
    const std::lock_guard lock(mutex_);
    if (entries_[index].state != State::waiting) return;
    entries_[index].state = State::gone;
    tell = entries_[index].job.give_up;
  }
  if (tell) tell(why);
  wake();  // the next one may start at once
}

// With the lock held. Why it cannot be started; "" when it is, or was dropped meanwhile.
std::string Queue::start(std::size_t index) try {
  Entry& entry = entries_[index];
  if (entry.state != State::waiting) return "";
  entry.thread = std::jthread([this, index, &work = entry.job.work] {
    work();
    const std::lock_guard lock(mutex_);
    ended_.push_back(index);
    wake();
  });
  entry.state = State::running;
  return "";
} catch (const std::system_error& error) {
  return error.what();
}

bool Queue::is_over() {
  const std::lock_guard lock(mutex_);
  return holds_.empty() && std::ranges::none_of(entries_, [](const Entry& entry) {
           return entry.state == State::running || entry.state == State::waiting;
         });
}

void Queue::wait() {
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    waits = std::ranges::any_of(holds_, [](const Held& one) { return one.state == Held::waiting; });
    for (const Entry& entry : entries_)
      waits |= entry.state == State::waiting;
  }
  pollfd fds[] = {{news_.get(), POLLIN, 0},
                  {waits ? stop_fd_ : -1, POLLIN, 0},  // poll() passes over -1
                  {waits ? gate_.changed() : -1, POLLIN, 0}};
  ::poll(fds, 3, waits ? static_cast<int>(Gate::kLook.count()) : -1);
}

void Queue::run() {
  for (;;) {
    join_ended();
    end_waiting();
    start_free();
    start_claiming();
    if (is_over()) return;
    wait();
  }
}

void run_all(std::vector<Job> jobs, Gate& gate, int stop_fd) {
  Queue queue(gate, stop_fd);
  for (Job& job : jobs)
    queue.add(std::move(job));
  queue.run();
}

}  // namespace kproof::resources
