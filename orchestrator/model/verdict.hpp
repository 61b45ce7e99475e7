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

// One entry of the plan's `expect:` list. Globs are fnmatch's, patterns RE2's (util/pattern.hpp),
// searched in a finding's title or a subtest's name. What must be seen and what may be are two
// lists each: a failure is as declared when each pattern of a must is met, and whatever was found
// or not ok meets one of must or may.
struct Expectation {
  // Names or globs of which one must match.
  std::vector<std::string> kernel{"*"}, topology{"*"}, test{"*"};  // the last of cases
  Verdict verdict = Verdict::pass;
  std::vector<Verdict> also;          // these are as good
  std::vector<std::string> findings;  // must be found
  std::vector<std::string> may_find;
  std::vector<std::string> subtests;  // must not be ok
  std::vector<std::string> may_fail;  // subtests that need not be ok
  // Subtests that may be skipped, and no other. Without a list, a pass of which more were skipped
  // than not is unexpected.
  std::optional<std::vector<std::string>> allow_skips;
  // A pattern for the verdict's reason; "": any.
  struct Reasons {
    std::string skip, miss, hang;
  } reasons;
  // Of all repetitions so many, and no more, may end by another verdict than the first.
  struct Flaky {
    unsigned most = 0, of = 0;  // 1 of 10; of is 0 where the plan says nothing
    std::string link;
  } flaky;
  std::string reason;  // why; shown in reports
  std::string place;   // "plan.yaml:20:5"

  bool allows(Verdict one) const;
  std::vector<std::string_view> words() const;  // of all verdicts that it allows
};

struct Judgement {
  Verdict verdict = Verdict::broken;
  Blame blame = Blame::none;
  std::string reason;  // one line, for people
  bool expected = false;
  int level = 1;  // of the guest that decided
};

}  // namespace kproof::model
