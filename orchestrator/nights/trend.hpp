// A figure through the nights as a picture, inline SVG.
#pragma once

#include <string>

#include "history/cell_history.hpp"
#include "page/element.hpp"

namespace kproof::nights {

// Its runs since the night `first`, a point each, in their order, with the median of each part;
// where it changed a line, and behind it the interval in which that lies with 99 %. Nothing where
// there are less than two.
void add_trend(const page::Element& parent, const history::CellHistory& past,
               const history::Trace& trace, const std::string& first);

inline constexpr std::string_view kTrendStyle = R"(
svg .way { fill: none; stroke: var(--link); }
svg .level { stroke: var(--ink); stroke-width: 2; }
svg .change { stroke: var(--bad); stroke-width: 2; stroke-dasharray: 4 3; }
svg .range { fill: var(--mark); }
)";

}  // namespace kproof::nights
