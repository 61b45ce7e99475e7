// Which findings are known. They stay visible, and are expected until their entry expires.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/finding.hpp"
#include "model/known_issue.hpp"

namespace kproof::verdict {

// Is an upstream release (util::upstream_release) between the two, as far as these are spelled out?
// One that is not known, or not as far as a limit asks ("6.1.0-56-amd64" and 6.1.50), is not.
bool in_range(std::string_view release, std::string_view from, std::string_view to);

// Sets Finding::known from the first entry that matches and has not expired, else from the first
// that matches. `today`: "2026-11-22".
void mark_known(std::vector<model::Finding>& findings, const std::vector<model::KnownIssue>& issues,
                std::string_view release, std::string_view today);

// "known.yaml:3:5 expired on 2026-10-01 (link)" for each entry that has, whether it matched or not.
std::vector<std::string> expired(const std::vector<model::KnownIssue>& issues,
                                 std::string_view today);

// "known.yaml:3:5: this known issue matched nothing (link)" for each entry of which no finding was:
// `matched` holds the places of the others.
std::vector<std::string> unmatched(const std::vector<model::KnownIssue>& issues,
                                   const std::set<std::string>& matched);

}  // namespace kproof::verdict
