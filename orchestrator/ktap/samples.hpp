// A metric that is a list of samples, and what such a list says. Pure.
#pragma once

#include <vector>

#include "model/evidence.hpp"

namespace kproof::ktap {

// The metric itself, whose value is its samples' median (the mean of the two in the middle), and
// NAME_p50, NAME_p90, NAME_p99, NAME_p999 and NAME_max behind it. The X-th percentile, by nearest
// rank but for the median, is there only of 100/(100-X) samples or more: of fewer it is the largest
// under another name. `metric.samples` is not empty.
std::vector<model::Metric> with_percentiles(const model::Metric& metric);

}  // namespace kproof::ktap
