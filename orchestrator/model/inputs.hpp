// What went into a cell, as CellResult::inputs keeps it: "CPU 0f3a...; limits 12ab...", names for
// people with a hash each (sweep/inputs.hpp makes it).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kproof::model {

// The names that `now` has otherwise than `then`; of what is no such text nothing is known, so all
// that `now` has. Pure.
std::vector<std::string> differing_inputs(std::string_view then, std::string_view now);

}  // namespace kproof::model
