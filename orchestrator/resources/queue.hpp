// Runs jobs, several at once where the host has room.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "resources/gate.hpp"
#include "util/fd.hpp"

namespace kproof::resources {

struct Job {
  Waiting waiting = {};                               // `overtaken` is counted by the queue
  std::function<void()> work;                         // in a thread of its own; must not throw
  std::function<void(const std::string&)> give_up{};  // instead of it, with the reason; in run()
  bool claims = true;  // else it takes nothing of the host by itself, and is not held up
};

// Promises:
//  1. A job starts when it is ready and `gate` lets it, jobs of earlier rounds before all later
//     ones: also those that are not ready yet. Its thread is joined soon after it ended.
//  2. One that does not fit is overtaken as admission.hpp says; what hold() asks for goes first.
//  3. Once `stop_fd` is readable, or after stop(), no more are started, those that run are waited
//     for, and who waits in hold() gets Interrupted.
//  4. run() returns when no job runs, and none can become ready: all have ended, were given up or
//     dropped, or wait for a word that nobody is left to say.
class Queue {
 public:
  Queue(Gate& gate, int stop_fd);  // both borrowed
  ~Queue();                        // as end()
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // Of all threads. Jobs wait in the order in which they were added.
  std::size_t add(Job job, bool ready = true);
  void make_ready(std::size_t job);
  void drop(std::size_t job);  // one that has not started: it need not run
  void stop();
  // stop(), and waits for what runs: for the owner of what jobs use. Not of a job's thread.
  void end();

  // For the thread of a job: waits until the host has that too, which is the caller's until the
  // object goes. What a small host does not have is not asked for (of_build()).
  std::shared_ptr<void> hold(Needs needs);

  // Of one thread, whose `give_up` and whose gate's `say` it calls.
  void run();

 private:
  enum class State { unready, waiting, running, gone };
  struct Entry {
    Job job;
    State state;
    std::jthread thread = {};
  };
  struct Held {
    Needs needs;
    enum { waiting, held, interrupted } state = waiting;
  };

  void wake() const;
  void join_ended();
  void end_waiting();
  void start_free();
  void start_claiming();
  bool is_over();
  void wait();
  struct Asked;
  Asked ask();
  std::string start(std::size_t index);
  void give_up(std::size_t index, const std::string& why);
  unsigned last_round() const;
  void let_go(std::list<Held>::iterator held);

  Gate& gate_;
  const int stop_fd_;
  const util::Fd news_;
  std::mutex mutex_;  // of all that follows
  std::condition_variable changed_;
  bool stopped_ = false;
  std::list<Held> holds_;
  std::vector<std::size_t> ended_;
  std::deque<Entry> entries_;  // last: their threads use the rest
};

// Adds them, and runs them all.
void run_all(std::vector<Job> jobs, Gate& gate, int stop_fd);

}  // namespace kproof::resources
