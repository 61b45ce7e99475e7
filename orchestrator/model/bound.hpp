// A bound of a metric, which the plan states.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace kproof::model {

// One metric of one entry of the plan's `bounds:` list. Globs are fnmatch's.
struct Bound {
  // Names or globs of which one must match.
  std::vector<std::string> kernel{"*"}, topology{"*"}, test{"*"};  // the last of cases
  std::string metric;                                              // "stall_p50"
  std::optional<double> least, most;  // at least one is there; in the metric's unit
  std::string unit;                   // that the metric must be in; "": any
  std::string reason;                 // why; shown in reports
  std::string place;                  // "plan.yaml:20:5"
};

}  // namespace kproof::model
