// A plan as it was read.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace kproof::model {

// One of the files that a plan was read from, by its absolute name.
struct PlanText {
  std::filesystem::path file;
  std::string text;
};

// All of them, the plan's own first: whoever has these needs no file (config::read_plan). None
// where a kernel was named in place of a plan.
using PlanTexts = std::vector<PlanText>;

}  // namespace kproof::model
