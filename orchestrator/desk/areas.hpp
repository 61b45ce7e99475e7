// Which cases reach which files of a kernel: a table, and what follows from it for a change. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "desk/offers.hpp"

namespace kproof::desk {

struct Area {
  std::string_view files;               // a glob of paths in the tree; `*` matches `/`, too
  std::vector<std::string_view> cases;  // globs of offers' names
  std::string_view what;                // these files have: "mprotect, and its mmu notifier"
};

// A file is of the first area that matches it.
std::span<const Area> areas();

struct Because {
  std::string file;
  std::string_view what;
};
struct Chosen {
  const Offer* offer;            // lives as long as the program
  std::vector<Because> because;  // empty for a usual one
};
struct Choice {
  std::vector<Chosen> cases;         // in the order of offers()
  std::vector<std::string> no_case;  // files that no area has
};

// The cases that reach these files. Where none reaches any of them the usual ones: does the kernel
// still do what it did?
Choice choose(const std::vector<std::string>& files);
// The usual ones.
Choice choose();
// Those with names that match, usual or not; none of a glob that matches nothing.
Choice choose_named(const std::vector<std::string>& globs);

// What --why prints: a line for each case with the files and their area, then files without a case.
std::string explain(const Choice& choice);

}  // namespace kproof::desk
