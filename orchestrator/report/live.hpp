// Writes a run's progress to a file descriptor: a redrawn block on a terminal, else plain lines.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

#include "report/progress.hpp"

namespace kproof::report {

// Safe to use from several threads. Failed writes are ignored: nobody is left to be told.
class LiveProgress {
 public:
  // `fd` is borrowed. A terminal's size is asked for again at each tick. `elapsed` is the time
  // since the start of the run.
  LiveProgress(int fd, Style style, std::size_t cells, std::size_t kernels,
               std::function<util::Millis()> elapsed);
  ~LiveProgress();
  LiveProgress(const LiveProgress&) = delete;
  LiveProgress& operator=(const LiveProgress&) = delete;

  // Plain output has a line for each event that is news: a kernel on its way is once in half a
  // minute. A terminal has one only for cells that ended.
  void on(const ProgressEvent& event);
  // Redraws the block; call it about once a second. Does nothing when not on a terminal.
  void tick();
  // A line of the program's own, above the block.
  void say(const std::string& line);
  // Removes the block. Later calls draw it anew; the destructor calls this too.
  void clear();

 private:
  bool is_news(const ProgressEvent& event, util::Millis now);
  void put(const std::string& line, bool block);

  const int fd_;
  Style style_;
  const std::function<util::Millis()> elapsed_;
  std::mutex mutex_;
  ProgressModel model_;
  util::Millis told_{0};   // when plain output last had a line of a kernel
  std::size_t drawn_ = 0;  // lines of the block on the terminal
};

}  // namespace kproof::report
