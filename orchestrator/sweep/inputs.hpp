// What goes into a cell, hashed: a cell of equal inputs need not run again.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sweep/prepare.hpp"

namespace kproof::sweep {

// Name for people -> hash of what is behind it: "limits", "kernel", "host kernel", "QEMU", ...
// All that can make a difference and nothing that cannot (paths, names, times). What is sent is
// hashed as it is sent; what is not is taken apart by structured bindings, so that a new field
// does not compile before somebody has decided about it.
using Inputs = std::map<std::string, std::string>;
Inputs inputs_of(const PreparedCell& cell, const Machine& machine);

// As CellResult::inputs keeps them (model/inputs.hpp): "CPU 0f3a...; limits 12ab...".
std::string to_string(const Inputs& inputs);

}  // namespace kproof::sweep
