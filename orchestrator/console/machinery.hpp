// The functions that a report passes through on the way to what it is about, and the choice among
// those that are left.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "console/frames.hpp"

namespace kproof::console {

// Never blamed: what prints reports, allocates, copies, locks, and thin wrappers of them.
bool is_machinery(std::string_view function);

Blame pick_frame(const std::vector<std::string>& frames, Pick pick);

}  // namespace kproof::console
