// Who is told how a run goes on.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "model/outcome.hpp"
#include "model/plan.hpp"
#include "model/result.hpp"

namespace kproof::sweep {

// Called from one thread at a time, in order; neither cell nor build waits for it.
struct SweepListener {
  std::function<void(const std::string& line)> say = [](const auto&) {};  // what is worth a line
  // Before all that follows: cells, and kernels that they are of. Once more where cells run again.
  std::function<void(std::size_t cells, std::size_t kernels)> on_total = [](auto, auto) {};
  // What is done for a kernel at the moment: "fetching ...", "345 steps in 2m: CC mm/mprotect.o".
  std::function<void(const std::string& kernel, const std::string& what)> on_kernel_progress =
      [](const auto&, const auto&) {};
  std::function<void(const std::string& kernel)> on_kernel_end = [](const auto&) {
  };  // made, or given up
  std::function<void(std::size_t cells)> on_gone = [](auto) {
  };  // of a row of a series that does not build
  std::function<void(const model::Cell&, int level, model::Phase)> on_phase = [](const auto&, auto,
                                                                                 auto) {};
  std::function<void(const model::CellResult&)> on_result = [](const auto&) {};
};

}  // namespace kproof::sweep
