// One of N parts of a plan's cells, for machines that share nothing.
#pragma once

#include <string_view>
#include <vector>

#include "model/plan.hpp"
#include "model/shard.hpp"

namespace kproof::plan {

// "2/3". ConfigError for anything that is none.
model::Shard parse_shard(std::string_view text);

// The cells of that part. The plan's order is cut in `of` pieces of equal length, so that the
// pieces build few kernels: with K of them K + of - 1 at most, and K where cuts come to lie beside
// the end of one, as they move there if it is not further than an eighth of a piece. Repetitions of
// a cell stay together, as one judgement is of all of them. The same cells for ever; each in one
// part. Pure.
std::vector<model::Cell> shard_of(std::vector<model::Cell> cells, const model::Shard& shard);

}  // namespace kproof::plan
