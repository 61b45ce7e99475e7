// What the repetitions of one cell, on one kernel, say together. Internal to series/.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "model/result.hpp"

namespace kproof::series {

enum class Kind { absent, unproven, good, bad, flaky };

struct State {
  Kind kind = Kind::absent;
  std::string verdict;
  // What was wrong or left out: in every repetition, in any. "finding: bad pud", "not ok: munmap",
  // "skipped: munmap", "verdict fail".
  std::set<std::string> always, ever;
  std::set<std::string> skipped;  // in any: "munmap: no memory"
  bool expected = false;
};

State state_of(const std::vector<const model::CellResult*>& repetitions);

}  // namespace kproof::series
