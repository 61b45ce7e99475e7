#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "verdict/applied.hpp"

namespace kproof::verdict {

std::string_view to_string(RowId id) {
  static constexpr std::array<std::string_view, 27> kNames{
      "crash",       "silent",    "timeout",  "kvm",        "flood",      "poweroff", "finding",
      "taint",       "not-ok",    "signal",   "lacking",    "unbootable", "host",     "unproven",
      "unreachable", "agent",     "blind",    "unmet",      "prepare",    "outer",    "no-exit",
      "malformed",   "exit-code", "bail-out", "whole-skip", "evidence",   "nothing"};
  return kNames.at(static_cast<std::size_t>(id));
}

std::string join(const std::vector<std::string>& parts) {
  return fmt::to_string(fmt::join(parts, ", "));
}

std::string name_some(std::vector<std::string> names) {
  constexpr std::size_t kShown = 3;
  if (names.size() <= kShown) return join(names);
  const std::size_t more = names.size() - kShown;
  names.resize(kShown);
  return fmt::format("{} and {} more", join(names), more);
}

std::string name_findings(const std::vector<model::Finding>& findings) {
  std::vector<std::string> names;
  for (const auto& finding : findings) {
    std::string name =
        finding.level == 1 ? finding.title : fmt::format("{} (L{})", finding.title, finding.level);
    if (finding.known.accepted()) name += " (known)";
    if (finding.known.expired) name += fmt::format(" (known until {})", finding.known.until);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return name_some(std::move(names));
}

// Of a bound: what it is instead.
static std::string figure_of(const model::Subtest& subtest) {
  return subtest.of_plan ? "; " + subtest.diagnostic : "";
}

std::string name_failed_subtests(const model::CaseReport& report) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < report.subtests.size(); ++i)
    if (report.subtests[i].result == model::Subtest::Result::not_ok)
      names.push_back(model::name_of(report.subtests, i) + figure_of(report.subtests[i]));
  return name_some(std::move(names));
}

std::string said(const Applied& applied, Levels levels) {
  return levels.size() > 1 ? fmt::format("L{}: {}", applied.level, applied.ruling.reason)
                           : applied.ruling.reason;
}

}  // namespace kproof::verdict
