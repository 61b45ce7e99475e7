// Few rows that show much of a space. Pure, and the same for the same space, for ever: nothing here
// may change which rows come out (cover_test holds some), as plans lean on it: their cells are
// named and compared from night to night.
//
// Debian 12 has no such library for C++, and its python3-allpairspy knows no rules but a filter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "matrix/space.hpp"

namespace kproof::matrix {

// How many combinations of `strength` values there are to look at; saturates. Above a million
// covering() takes minutes.
std::size_t work(const Space& space, std::size_t strength);

// Rows that show, with `always` in front, each combination of `strength` values (or as many as
// there are axes) that any row of the space has. Not the fewest, but few: for 2x3x3x2x3 and pairs 9
// of 108. In each row as much as possible is new: AETG, D. M. Cohen et al., IEEE TSE 23(7),
// 1997, with the best of several tries.
std::vector<Row> covering(const Space& space, std::size_t strength,
                          const std::vector<Row>& always = {});

// `count` rows of `rows`, or all, chosen by `seed`; in their order.
std::vector<Row> sample(std::vector<Row> rows, std::size_t count, std::uint32_t seed);

struct Coverage {
  std::size_t covered = 0, valid = 0;  // combinations of `strength` values
};
Coverage coverage(const Space& space, std::size_t strength, const std::vector<Row>& rows);

}  // namespace kproof::matrix
