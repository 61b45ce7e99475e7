// Which findings are known. They stay visible, and are expected until their entry expires.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"
#include "model/known_issue.hpp"

namespace kproof::verdict {

// Is a release ("6.1.0-56-amd64") between the two, as far as these are spelled out? An unknown
// release ("") is in no range that has a limit.
bool in_range(std::string_view release, std::string_view from, std::string_view to);

// Sets Finding::known from the first entry that matches and has not expired, else from the first
// that matches. `today`: "2026-11-22".
void mark_known(std::vector<model::Finding>& findings, const std::vector<model::KnownIssue>& issues,
                std::string_view release, std::string_view today);

// "known.yaml:3:5 expired on 2026-10-01 (link)" for each entry that has, whether it matched or not.
std::vector<std::string> expired(const std::vector<model::KnownIssue>& issues,
                                 std::string_view today);

}  // namespace kproof::verdict
