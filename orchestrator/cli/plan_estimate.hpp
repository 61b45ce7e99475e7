// What `kproof plan` says of the time and the disk that a plan takes.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "model/plan.hpp"
#include "plan/estimate.hpp"

namespace kproof::cli {

struct PlanEstimate {
  std::string accel;
  unsigned cores = 1;
  plan::Estimate sum;
};
// On this host, by what earlier runs took. What cannot be asked (a case that does not describe
// itself) counts as what does not measure time.
PlanEstimate estimate_of(const model::Plan& plan, const std::vector<model::Cell>& cells);

std::string estimate_as_text(const PlanEstimate& estimate);
nlohmann::ordered_json estimate_as_json(const PlanEstimate& estimate);

}  // namespace kproof::cli
