#include "verdict/known_issues.hpp"

#include <charconv>
#include <regex>

#include <fmt/format.h>

namespace kproof::verdict {

// "6.12.17-amd64" -> {6, 12, 17}; what follows the first part that is no number does not count.
static std::vector<unsigned> numbers(std::string_view release) {
  std::vector<unsigned> parts;
  const char* const end = release.data() + release.size();
  for (const char* pos = release.data(); pos < end;) {
    unsigned part = 0;
    const auto [next, error] = std::from_chars(pos, end, part);
    if (error != std::errc()) break;
    parts.push_back(part);
    if (next == end || *next != '.') break;
    pos = next + 1;
  }
  return parts;
}

// The release, cut to as many parts as the limit has.
static std::vector<unsigned> as_far(std::vector<unsigned> release, std::size_t parts) {
  release.resize(parts);
  return release;
}

bool in_range(std::string_view release, std::string_view from, std::string_view to) {
  const std::vector<unsigned> is = numbers(release), low = numbers(from), high = numbers(to);
  if (is.empty()) return from.empty() && to.empty();
  return as_far(is, low.size()) >= low && (to.empty() || as_far(is, high.size()) <= high);
}

static bool matches(const model::KnownIssue& issue, const model::Finding& finding) {
  const auto has = [&](const std::string& title) {
    return std::regex_search(title, std::regex(issue.title, std::regex::ECMAScript));
  };
  return finding.fingerprint.starts_with(issue.fingerprint) &&
         (issue.title.empty() || has(finding.title) || has(finding.syzbot_title));
}

void mark_known(std::vector<model::Finding>& findings, const std::vector<model::KnownIssue>& issues,
                std::string_view release, std::string_view today) {
  for (model::Finding& finding : findings)
    for (const model::KnownIssue& issue : issues) {
      if (!in_range(release, issue.from, issue.to) || !matches(issue, finding)) continue;
      const bool over = issue.until < today;
      if (over && !finding.known.place.empty()) continue;
      finding.known = {issue.link, issue.reason, issue.until, issue.place, over};
      if (!over) break;
    }
}

std::vector<std::string> expired(const std::vector<model::KnownIssue>& issues,
                                 std::string_view today) {
  std::vector<std::string> lines;
  for (const model::KnownIssue& issue : issues)
    if (issue.until < today)
      lines.push_back(fmt::format("{}: this known issue expired on {} ({})", issue.place,
                                  issue.until, issue.link));
  return lines;
}

}  // namespace kproof::verdict
