// In which guest a command runs: the plan and the filter that leave that one cell.
#pragma once

#include <string>

#include "model/plan.hpp"
#include "model/plan_text.hpp"
#include "plan/cells.hpp"

namespace kproof::cli {

// What the user said; "" for nothing.
struct WhichGuest {
  std::string kernel;    // a path, tag or package; with a plan, a name or glob of its kernels
  std::string plan;      // a path, or the name of one that comes with kproof
  std::string topology;  // of the plan
  std::string cell;      // of the plan: the guest is as its case needs it
  std::string tree;      // that a tag is of
};

struct ChosenGuest {
  model::Plan plan;
  model::PlanTexts texts;
  plan::Filter filter;
};

// ConfigError with the next step for what does not go together, or is not there.
ChosenGuest choose_guest(const WhichGuest& which);

// `plan` with no case but sweep::kNoCase, and nothing that is about cases. Pure.
model::Plan without_cases(model::Plan plan);

}  // namespace kproof::cli
