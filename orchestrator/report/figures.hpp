// Figures of cells, as tables, a series, comparisons and pages tell them. Pure.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "report/repetitions.hpp"
#include "report/run_report.hpp"

namespace kproof::report {

// By a metric's name and unit; sorted, finite, not empty.
using Figures = std::map<std::pair<std::string, std::string>, std::vector<double>>;

// Of the repetitions that prove them (compare/proven.hpp).
Figures figures_of(const Repetitions& cells);
// Does the plan name it among its `metrics:`?
bool is_watched(const RunReport& report, const std::string& metric);

// "643"; of several the median, the least and the most: "643 [640 702]". `sorted`: of none 0.
std::string spread(const std::vector<double>& sorted);
// With how many they are: "643 [640 702] of 5".
std::string counted_spread(const std::vector<double>& sorted);
// For what is not above the same measurement in idleness (model::idle_name): "< 2196 noise".
std::string below_noise(double noise);

}  // namespace kproof::report
