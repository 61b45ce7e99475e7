#include "verdict/known_issues.hpp"

#include <fmt/format.h>

#include "util/pattern.hpp"
#include "util/release.hpp"

namespace kproof::verdict {

namespace {
enum class Order { before, within, after, unknown };
}  // namespace

// Where a release stands to a limit, as far as the limit is spelled out.
static Order order(const std::vector<unsigned>& is, const std::vector<unsigned>& limit) {
  for (std::size_t i = 0; i < limit.size(); ++i) {
    if (i >= is.size()) return Order::unknown;
    if (is[i] != limit[i]) return is[i] < limit[i] ? Order::before : Order::after;
  }
  return Order::within;
}

bool in_range(std::string_view release, std::string_view from, std::string_view to) {
  const auto is = util::release_numbers(release);
  const Order low = order(is, util::release_numbers(from)),
              high = order(is, util::release_numbers(to));
  return (low == Order::within || low == Order::after) &&
         (to.empty() || high == Order::within || high == Order::before);
}

// "x86.c:12" and "kvm/x86.c" are of "arch/x86/kvm/x86.c:12".
static bool is_at(std::string_view place, std::string_view at) {
  if (at.empty()) return true;
  if (at.find(':') == at.npos) place = place.substr(0, place.find(':'));
  if (!place.ends_with(at)) return false;
  const std::size_t before = place.size() - at.size();
  return before == 0 || place[before - 1] == '/';
}

static bool matches(const model::KnownIssue& issue, const util::Pattern& title,
                    const model::Finding& finding) {
  return finding.fingerprint.starts_with(issue.fingerprint) && is_at(finding.place, issue.at) &&
         (title.found_in(finding.title) || title.found_in(finding.syzbot_title));
}

void mark_known(std::vector<model::Finding>& findings, const std::vector<model::KnownIssue>& issues,
                std::string_view release, std::string_view today) {
  for (const model::KnownIssue& issue : issues) {
    if (findings.empty() || !in_range(release, issue.from, issue.to)) continue;
    const util::Pattern title(issue.title);
    const bool over = issue.until < today;
    for (model::Finding& finding : findings) {
      if (!matches(issue, title, finding) || finding.known.accepted()) continue;
      if (over && !finding.known.place.empty()) continue;
      finding.known = {issue.link, issue.reason, issue.until, issue.place, over};
    }
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

std::vector<std::string> unmatched(const std::vector<model::KnownIssue>& issues,
                                   const std::set<std::string>& matched) {
  std::vector<std::string> lines;
  for (const model::KnownIssue& issue : issues)
    if (!matched.contains(issue.place))
      lines.push_back(
          fmt::format("{}: this known issue matched nothing ({})", issue.place, issue.link));
  return lines;
}

}  // namespace kproof::verdict
