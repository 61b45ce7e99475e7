// The least set of changes that makes a failure appear: what delta debugging (Zeller, Hildebrandt:
// "Simplifying and Isolating Failure-Inducing Input") asks, over changes that need each other. Pure
// but for the oracle.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <vector>

#include "bisect/steps.hpp"

namespace kproof::bisect {

// Told by their numbers, from 0 on.
using Changes = std::set<std::size_t>;

// What is known of one change. Each has a lower number than those that need it, or there is a cycle
// of likely needs.
struct Change {
  Changes needs;         // it cannot be without them
  Changes likely_needs;  // perhaps, in some circumstances; more than `needs`, or other ones
};

// What a kernel with these changes and no others shows; skipped where there is no such kernel, or
// it says nothing. Asked once for each set; never for none of them (good) or all (bad).
using Oracle = std::function<Outcome(const Changes& made)>;

struct Cause {
  Changes changes;  // these alone make it appear: seen
  Changes needed;   // of them, those that are there only because others need them
  // Without any one of the others it does not appear: seen; false where that could not be seen.
  bool least = true;
};

struct Minimum {
  std::vector<Cause> causes;  // each by itself; at least one
  // All changes but those of the causes, and those that need them: good where no other cause is
  // left, and bad where there were too many to go on.
  Changes rest;
  Outcome without = Outcome::skipped;
};

// Binary search over beginnings of the list: of one change among n it asks for log2(n) + 3 sets at
// most, where none is skipped. What is skipped counts as not bad, so that a change which only makes
// others possible is found as one that makes them fail is.
Minimum minimise(const std::vector<Change>& changes, const Oracle& oracle);

// More causes than this are not looked for.
inline constexpr std::size_t kMostCauses = 4;

}  // namespace kproof::bisect
