// A kernel problem that people know of and have accepted for a while.
#pragma once

#include <string>

namespace kproof::model {

struct KnownIssue {
  std::string title;        // a pattern (util/pattern.hpp), searched in a finding's title; "": any
  std::string fingerprint;  // how a finding's begins; "": any
  std::string at;  // how a finding's place ends, "mm/mprotect.c" or "mm/mprotect.c:12"; "": any
  std::string from, to;  // releases, inclusive; "6.1" as `to` includes 6.1.99; "": no limit
  std::string link;
  std::string until;  // the last day on which it counts, "2027-01-31"
  std::string reason;
  std::string place;  // "known.yaml:3:5"
};

}  // namespace kproof::model
