// Which cells and builds take about as long as which others. Pure.
#pragma once

#include <string>
#include <vector>

#include "model/kernel.hpp"
#include "model/topology.hpp"

namespace kproof::timing {

// Keys of samples, the most particular first: those of the first that has any are the nearest.
// A cell's: accelerator, case, depth and MMU mode, the kernel's label.
std::vector<std::string> keys_of_cell(const std::string& accel, const std::string& test,
                                      const std::vector<model::Level>& levels,
                                      const std::string& kernel);

// `first` in its build directory compiles all, the next what differs.
std::vector<std::string> keys_of_build(const model::BuildSource& source, bool first);

// "linux-source-6.1", "/home/me/linux"; and "tinyconfig + base + dax"
std::string name_of_tree(const model::BuildSource& source);
std::string name_of_config(const model::BuildSource& source);

}  // namespace kproof::timing
