// The rows that apply to a cell, in order: the first decides. Internal to verdict/.
#pragma once

#include <string>
#include <vector>

#include "verdict/rows.hpp"

namespace kproof::verdict {

struct Applied {
  const Row* row;
  int level;
  Ruling ruling;
};

std::vector<Applied> apply_all(Levels levels);

// Its reason; with the level in front of it where there are several.
std::string said(const Applied& applied, Levels levels);

}  // namespace kproof::verdict
