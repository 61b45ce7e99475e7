// Which cells of a plan run again, after what an earlier run has shown. Pure.
#pragma once

#include <string>
#include <vector>

#include "model/plan.hpp"
#include "model/result.hpp"

namespace kproof::cli {

struct Again {
  std::vector<std::string> ids;   // of `cells`, in their order
  std::vector<std::string> lost;  // of results whose cells are not there
};

// Whatever kept a cell from ending as the plan has it counts: the kernel, the test or the host. A
// repetition that --retry or --repeat-until-fail added is no cell of the plan: the first one runs
// again in its place.
Again again_of(const std::vector<model::CellResult>& earlier,
               const std::vector<model::Cell>& cells);

}  // namespace kproof::cli
