// What one finished cell proves. Series, bisections, tables of figures and JUnit all ask here, so
// that no two of them believe different things of a cell. Pure.
//
//   verdict, blame                                  says
//   pass                                            good
//   fail whose findings are all known (accepted),   good: a pass, but for what is known
//     without a subtest that is not ok
//   fail, crash, hang: blame kernel                 bad
//   the same: any other blame                       nothing: the test, the configuration or the
//   skip, miss, broken                              host did it, or it could not be seen
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.hpp"

namespace kproof::compare {

enum class Says : std::uint8_t { good, bad, nothing };

// One thing that was wrong with a cell, or left out.
struct Sign {
  enum class Kind : std::uint8_t { verdict, finding, known, failed, skipped };
  Kind kind;
  std::string name;         // a verdict's, a finding's title, a subtest's
  std::string fingerprint;  // of a finding, unless it is one of a stall: those look different in
                            // each run, as what a stalled CPU does is not what stalls it
  std::string place = {};   // of a finding in the source
  std::size_t nth = 1;      // numbered() counts
  auto operator<=>(const Sign&) const = default;
};
// Two WARNs of one function, which have the same callers, differ in their places alone, and lines
// move from kernel to kernel. So kernels are compared by how many places there are: one that moved
// is the same, and a second one is something else, "nth" 2. Which of the two is the new one nobody
// can say; what is known counts as the first. `signs` are of one kernel.
std::set<Sign> numbered(const std::set<Sign>& signs);
// "finding: bad pud", "known finding: bad pud", "not ok: munmap", "skipped: munmap", "verdict fail"
std::string to_string(const Sign& sign);
// The same problem in another run, be it known or not: two findings by their fingerprints, as WARNs
// with other callers have one title, and numbers; anything else by its name.
bool same(const Sign& a, const Sign& b);
// The same, or findings of one title: on the way of a bisection, where functions move, callers and
// so fingerprints do as well. Numbers are not compared.
bool alike(const Sign& a, const Sign& b);

struct Proven {
  Says says = Says::nothing;
  std::string verdict;  // "pass"; "crash (test)" where the blame makes it say nothing
  // A verdict other than pass only of what is bad; skipped subtests only of what says something.
  std::set<Sign> signs;
  std::set<std::string> seen;  // subtests that were ok or not ok, of what says something
  // Of a case that ran to its end with all evidence proven and nothing found: a pass, or a fail by
  // its subtests alone. Each name once: of several figures the median; nothing infinite, no NaN.
  std::vector<model::Metric> metrics;
  bool to_its_end = false;  // a pass or fail: subtests that are not there were left out
};
Proven proven(const model::CellResult& cell);

// How a cell bears on the end of a run; exit codes and JUnit follow from it.
enum class Standing : std::uint8_t {
  expected,    // as the plan says
  unexpected,  // not: the kernel's, the test's or the plan's doing, whatever a better host shows
  host,        // a broken, skip or miss that is this host's fault: it decides nothing
};
Standing standing_of(const model::Judgement& judgement);

}  // namespace kproof::compare
