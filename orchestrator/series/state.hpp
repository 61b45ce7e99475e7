// What the repetitions of one cell, on one kernel, say together. Internal to series/.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "compare/proven.hpp"
#include "model/result.hpp"

namespace kproof::series {

enum class Kind : std::uint8_t { absent, unproven, good, bad, flaky };

struct State {
  Kind kind = Kind::absent;
  std::string verdict, reason;
  std::set<compare::Sign> always, ever;  // in every repetition, in any
  std::set<std::string> seen;            // subtests that every repetition had, ok or not ok
  std::set<std::string> listed;          // subtests that any had, skipped ones too
  std::set<std::string> skipped;         // in any: "munmap: no memory"
  bool to_its_end = false;               // every repetition
  bool expected = false, host = false;
};

State state_of(const std::vector<const model::CellResult*>& repetitions);

}  // namespace kproof::series
