// What a visit shows of its own, on stderr: how far it is until the command runs, and nothing from
// there on, as the terminal is the command's.
#pragma once

#include <mutex>
#include <string>

#include "report/text.hpp"
#include "sweep/listener.hpp"

namespace kproof::cli {

class VisitDisplay {
 public:
  // `verbose`: each step is a line; else, on a terminal, one line that changes and goes.
  explicit VisitDisplay(bool verbose);
  sweep::SweepListener listener();
  // A line that stays.
  void warn(const std::string& line);
  // Nothing is shown any more.
  void rest();

 private:
  void show(const std::string& line);
  void clear();

  const bool verbose_;
  const report::Style style_;
  std::mutex mutex_;  // of what follows
  bool shown_ = false, rests_ = false;
};

}  // namespace kproof::cli
