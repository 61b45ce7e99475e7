// index.html of the nights: one file without scripts, as report.html is. Pure, but for `link`.
#pragma once

#include <functional>
#include <string>

#include "nights/overview.hpp"

namespace kproof::nights {

// The address of the report.html of a run directory, "" where it is gone.
using Link = std::function<std::string(const std::string& directory)>;

// What changed and since when, then a line of nights for each cell, then the figures. Whatever a
// guest printed is text.
std::string index_html(const Overview& overview, const Link& link);

// The file `report.html` of `directory` as an address relative to `from`, a directory: escaped, and
// "" where there is none.
std::string link_to_report(const std::string& directory, const std::string& from);

}  // namespace kproof::nights
