// A sweep while it runs, on stderr; the block of a terminal is redrawn once a second.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "report/live.hpp"
#include "sweep/sweep.hpp"

namespace kproof::cli {

class Display {
 public:
  // `verbose`: a line for every phase of every cell.
  explicit Display(bool verbose);
  ~Display();
  sweep::SweepListener listener();
  void say(const std::string& line);
  void clear();

 private:
  void on_phase(const std::string& id, int level, model::Phase phase);
  void start(std::size_t cells, std::size_t kernels);

  const bool verbose_;
  const report::Style style_;
  std::optional<report::LiveProgress> live_;
  std::jthread ticker_;
};

}  // namespace kproof::cli
