// The decisions of a bisection. Pure; git orders the revisions (history.hpp).
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "model/result.hpp"

namespace kproof::bisect {

enum class Outcome { good, bad, skipped };
std::string_view to_string(Outcome outcome);

struct Seen {
  Outcome outcome = Outcome::skipped;
  // "3 cells are as the plan expects, 1 subtest skipped", "mm/a: fail: finding: bad pud"
  std::string reason;
};

// What the cells of one revision say. Bad: any that passed, failed, crashed or hung where the plan
// expects otherwise. A skip, miss or broken that the plan does not expect is neither good nor bad,
// so the revision is skipped; one that it does expect decides nothing, and something must.
Seen seen_in(const std::vector<model::CellResult>& cells);

struct Step {
  std::string commit, subject;
  Seen seen;
};

// What is still in question: commits that `bad` has and none of `good` has.
struct Range {
  std::string bad;
  std::vector<std::string> good;
};
// `whole`, narrowed by what the steps showed.
Range narrow(Range whole, const std::vector<Step>& steps);

struct Try {
  std::string commit;
  std::size_t left = 0;   // revisions that may be the first bad one
  std::size_t steps = 0;  // about so many more, this one included
};
struct Found {
  std::string commit;
};
// All but skipped ones were tried: one of these is the first bad one.
struct Undecided {
  std::vector<std::string> commits;
};
using Next = std::variant<Try, Found, Undecided>;

// `order`: the commits of the range as `git rev-list --bisect-all` has them, the best to try first,
// `bad` among them. After a skipped one not its neighbour comes next, which likely has the same
// fault, but one an eighth of the rest further off for each skipped in a row, to three eighths.
Next next(const Range& range, const std::vector<Step>& steps,
          const std::vector<std::string>& order);

}  // namespace kproof::bisect
