// What can be said of a failure that does not come each time. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "bisect/steps.hpp"

namespace kproof::bisect {

// One that comes in `showing` of `repetitions` runs (1 at least): so many runs without it in a row
// have a chance of at most 1 % where it is there, by the share that was seen. 1 where all show it.
std::size_t runs_to_clear(std::size_t showing, std::size_t repetitions);
// More are not made: a failure that needs them is too rare to be searched for.
inline constexpr std::size_t kMostRuns = 50;

// Whether the two ends of a search differ.
struct Ends {
  enum class Kind {
    differ,
    alike,    // no difference: neither fails, or both fail in all repetitions
    flaky,    // the good one fails, too, in some repetitions; or the bad one too rarely
    unclear,  // one of them proves nothing
  };
  Kind kind = Kind::differ;
  std::string reason;  // "--good shows it, too: mm/a: fail: bad pud"
};
Ends compare_ends(const std::vector<model::CellResult>& good,
                  const std::vector<model::CellResult>& bad);

}  // namespace kproof::bisect
