#include "cli/plan_notes.hpp"

#include <set>

#include <fmt/format.h>

#include "cli/streams.hpp"
#include "util/units.hpp"
#include "verdict/known_issues.hpp"

namespace kproof::cli {

void warn_of(const model::Plan& plan) {
  for (const std::string& line : plan.warnings)
    tell(fmt::format("warning: {}\n", line));
  for (const std::string& line : verdict::expired(plan.known_issues, util::today()))
    tell(fmt::format("warning: {}\n", line));
}

void tell_unmatched(const model::Plan& plan, const report::RunReport& report) {
  std::set<std::string> matched;
  for (const model::CellResult& cell : report.cells)
    for (const model::Finding& finding : cell.findings)
      matched.insert(finding.known.place);
  for (const std::string& line : verdict::unmatched(plan.known_issues, matched))
    tell(fmt::format("note: {}\n", line));
}

}  // namespace kproof::cli
