// A report that shows several CPUs, taken apart.
#pragma once

#include <string>
#include <vector>

#include "console/frames.hpp"

namespace kproof::console {

struct Backtrace {
  int cpu = -1;  // -1: of a task that runs nowhere
  bool idle = false;
  std::string waits_in;  // the function that waits for other CPUs; "" if none
  std::string frame;     // the first that is no machinery; "" if none
  bool runs() const { return !idle && waits_in.empty() && !frame.empty(); }
};

// In the order of the report: "CPU: 1 PID: ..." (who prints it), "NMI backtrace for cpu 0", "Task
// dump for CPU 0", and tasks ("task:x state:R"), whose CPU is not said.
std::vector<Backtrace> read_backtraces(const std::vector<ReportLine>& lines);

}  // namespace kproof::console
