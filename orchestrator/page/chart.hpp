// Samples as a picture, inline SVG.
#pragma once

#include <string>
#include <vector>

#include "page/element.hpp"

namespace kproof::page {

// A dot for each sample, side by side where they are alike, and a line at the median, on an axis
// with its ends and the unit. `values`: not empty, finite.
void add_dots(const Element& parent, std::vector<double> values, double least, double most,
              const std::string& label);

}  // namespace kproof::page
