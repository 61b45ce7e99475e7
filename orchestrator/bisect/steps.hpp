// The decisions of a bisection. Pure; git orders the revisions (history.hpp).
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "compare/proven.hpp"
#include "model/result.hpp"

namespace kproof::bisect {

enum class Outcome { good, bad, skipped };
std::string_view to_string(Outcome outcome);

struct Seen {
  Outcome outcome = Outcome::skipped;
  // "3 cells are as the plan expects, 1 subtest skipped", "mm/a: fail: finding: bad pud"
  std::string reason;
  std::size_t showing = 0, repetitions = 0;  // of a bad one by a signature: flaky where not all do
};

// What the cells of one revision say, where nothing else is known. Bad: any that is good or bad
// (compare/proven.hpp) where the plan expects otherwise. What proves nothing and is not expected is
// neither, so the revision is skipped; what is expected to prove nothing decides nothing, and
// something must.
Seen seen_in(const std::vector<model::CellResult>& cells);

// What is looked for: how one case, in one topology, differs from the plan at --bad.
struct Symptom {
  std::string topology, test;
  // Findings and failed subtests that --good does not show; without any, the verdict.
  std::set<compare::Sign> signs;
  std::size_t seen = 0, repetitions = 0;  // at --bad; flaky where not all show it
};
using Signature = std::vector<Symptom>;
Signature signature_of(const std::vector<model::CellResult>& bad,
                       const std::vector<model::CellResult>& good);
// "mm/a l1: finding: bad pud, not ok: munmap; in 1 of 3 repetitions, so that a revision may look
// good by chance"
std::vector<std::string> describe(const Signature& signature);

// What the cells of one revision say of that. Bad: any repetition of a case of the signature shows
// one of its signs, where the plan does not expect it. One that fails in another way, or proves
// nothing, could have hidden them: then the revision is skipped. Good: all of these cases prove
// that nothing of it is there. What other cases do is told, and decides nothing.
Seen seen_in(const std::vector<model::CellResult>& cells, const Signature& signature);

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
