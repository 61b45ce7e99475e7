// A file of known issues -> model::KnownIssue. Wrong entries are ConfigErrors as in a plan
// (plan.hpp). The format, with every key:
//
//   schema: 1                     required
//   issues:                       required
//     - title: "^bad pud$"        RE2's syntax, searched in the finding's title and in syzbot's
//       fingerprint: 1f3a9c       how the finding's begins; at least one of the two
//       at: mm/mprotect.c:12      where the WARN or BUG stands in the source, which tells two of
//                                 one function apart; without a line, any of that file
//       kernels: { from: 6.1, to: 6.11 }   upstream's releases, both inclusive; 6.11 includes
//                                          6.11.9; of Debian's 6.1.0-56-amd64 what its banner says,
//                                          6.1.192, counts (verdict/known_issues.hpp)
//       link: https://lore.kernel.org/...  required
//       until: 2027-01-31         required: the last day on which the entry counts
//       reason: "..."             required: why this is accepted
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/known_issue.hpp"

namespace kproof::config {

// What matches too much, or for too long, goes to `warnings`, each with place, caret and hint.
std::vector<model::KnownIssue> parse_known_issues(std::string_view text,
                                                  const std::filesystem::path& file,
                                                  std::vector<std::string>& warnings);

// Reads `file`; a file that cannot be read is a ConfigError too.
std::vector<model::KnownIssue> read_known_issues(const std::filesystem::path& file,
                                                 std::vector<std::string>& warnings);

}  // namespace kproof::config
