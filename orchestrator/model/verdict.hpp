// What a cell is judged to be, and what the plan said it should be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::model {

enum class Verdict {
  pass,    // the case said ok, all evidence proven, nothing found, every canary seen, no taint grew
  fail,    // the case said not ok, or the kernel printed a finding
  crash,   // the kernel died: panic, oops, unexpected reboot
  hang,    // no progress before the deadline
  skip,    // the case does not apply here; the reason is a fact
  miss,    // a precondition could not be proven
  broken,  // host or configuration fault, or a detector that could not see
};

// Whose fault an outcome other than pass is.
enum class Blame { none, kernel, test, config, host };

std::string_view to_string(Verdict verdict);
std::optional<Verdict> verdict_from_string(std::string_view text);
std::string_view to_string(Blame blame);

// One entry of the plan's `expect:` list. Globs are fnmatch's. An expected failure must be seen as
// declared: each finding of the cell matches one of `findings`, each of `findings` matches a
// finding, and the same for `subtests` and the subtests that were not ok.
struct Expectation {
  std::string kernel = "*";
  std::string topology = "*";
  std::string test = "*";  // the case
  Verdict verdict = Verdict::pass;
  std::vector<std::string> findings;  // ECMAScript regexes, searched in the title
  std::vector<std::string> subtests;  // the same, for names of subtests
  std::string reason;                 // why; shown in reports
  std::string place;                  // "plan.yaml:20:5"
};

struct Judgement {
  Verdict verdict = Verdict::broken;
  Blame blame = Blame::none;
  std::string reason;  // one line, for people
  bool expected = false;
  int level = 1;  // of the guest that decided
};

}  // namespace kproof::model
