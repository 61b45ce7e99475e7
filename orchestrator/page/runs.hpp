// What differs between the runs of a page. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "page/element.hpp"
#include "page/page.hpp"

namespace kproof::page {

// "kernel/topology/name" of each cell that does not say the same in all runs: another verdict, or
// it is not in all of them.
std::set<std::string> groups_that_differ(const std::vector<Run>& runs);

// A row a cell, a column a run.
void add_comparison(const Element& body, const std::vector<Run>& runs,
                    const std::set<std::string>& differing);

}  // namespace kproof::page
