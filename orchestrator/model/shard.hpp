// A part of a plan.
#pragma once

namespace kproof::model {

// One of `of` parts of a plan's cells, counted from 1 (plan/shard.hpp).
struct Shard {
  unsigned index = 1;
  unsigned of = 1;
  bool operator==(const Shard&) const = default;
};

}  // namespace kproof::model
