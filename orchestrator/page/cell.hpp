// One cell of a page.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "page/element.hpp"
#include "page/page.hpp"

namespace kproof::page {

// Good and expected: as the plan says; bad: not; odd: it proves nothing.
Look look_of(const model::Judgement& judgement);
// Where the cell stands on the page: an id without what an id must not have. `run` tells the cells
// of several runs apart: "2/", or "" where there is one.
std::string anchor_of(const model::CellResult& cell, const std::string& run);

// "2/kernel/topology/name": the same of all repetitions.
std::string group_of(const model::CellResult& cell, const std::string& run);

// What all cells of a page have in common.
struct Surroundings {
  const report::RunReport& report;
  const report::LastGoods& last_good;
  const ReadFile& read;
  std::string run;                           // as above
  std::set<const model::CellResult*> flaky;  // whose repetitions disagree
  std::set<std::string> differing;           // group_of(), without the run
  std::size_t text = 0;                      // bytes of logs that each may show as they are
  bool unfolded = false;                     // those that are not as expected
};

// All that is known of it. Its data-* attributes are what the page's filter asks for: s (verdict,
// expected or not, flaky, differs), k, t and c (kernel, topology, case), of (group_of).
void add_cell(const Element& parent, const model::CellResult& cell, const Surroundings& around);

}  // namespace kproof::page
