// One cell of a page.
#pragma once

#include <cstddef>

#include "page/element.hpp"
#include "page/page.hpp"

namespace kproof::page {

// "good" for what is as the plan says, "bad" for what is not, "odd" for what proves nothing.
const char* css_of(const model::Judgement& judgement);
// A sign for those who tell no colours.
const char* sign_of(const model::Judgement& judgement);
// Where the cell stands on the page: an id without what an id must not have.
std::string anchor_of(const model::CellResult& cell);

// Bytes of logs that the page may still take; each cell takes some.
struct Budget {
  std::size_t left = 20u << 20;
};

// All that is known of it, folded, open where it is unexpected.
void add_cell(const Element& parent, const report::RunReport& report, const model::CellResult& cell,
              const ReadFile& read, Budget& budget);

}  // namespace kproof::page
