#include "report/bisect.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/encode.hpp"

namespace kproof::report {
using bisect::Outcome;
using bisect::Step;

std::string directory_of_revision(const std::string& commit) {
  return "revisions/" + commit.substr(0, 12);
}

static series::Change colour_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::good:
      return series::Change::fixed;
    case Outcome::bad:
      return series::Change::introduced;
    default:
      return series::Change::changed;
  }
}

// The first line: of a compiler's words the rest is in results.json.
static std::string line_of(const Step& step, const Style& style) {
  return fmt::format(
      "{}  {}  {}\n{:14}{}\n", step.commit.substr(0, 12),
      tint(fmt::format("{:7}", to_string(step.seen.outcome)), colour_of(step.seen.outcome), style),
      printable(step.subject), "",
      printable(step.seen.reason.substr(0, step.seen.reason.find('\n'))));
}

static std::string told(const BisectReport& report, const std::string& commit) {
  const auto step = std::find_if(report.steps.begin(), report.steps.end(),
                                 [&](const Step& one) { return one.commit == commit; });
  if (step == report.steps.end()) return commit;
  return fmt::format("{} {}", commit, printable(step->subject));
}

std::string render_bisect(const BisectReport& report, const Style& style) {
  std::string out;
  for (const std::string& line : report.signature)
    out += fmt::format("looked for: {}\n", printable(line));
  for (const Step& step : report.steps)
    out += line_of(step, style);
  if (report.interrupted) return out + "\nInterrupted; the same command goes on from here.\n";
  if (report.first_bad.empty()) return out;
  if (report.first_bad.size() == 1)
    return out +
           fmt::format("\nThe first bad revision is\n  {}\n", told(report, report.first_bad[0]));
  out += "\nOnly skipped revisions are left. The first bad one is any of\n";
  for (const std::string& commit : report.first_bad)
    out += fmt::format("  {}\n", told(report, commit));
  return out;
}

std::string bisect_to_json(const BisectReport& report) {
  Json steps = Json::array();
  for (const Step& step : report.steps)
    steps.push_back({{"commit", step.commit},
                     {"subject", step.subject},
                     {"outcome", to_string(step.seen.outcome)},
                     {"reason", step.seen.reason},
                     {"directory", directory_of_revision(step.commit)}});
  Json json = head_of("bisect", report.started, report.ended, report.interrupted);
  json.update({{"filters", encode(report.filters)},
               {"host", encode(report.host)},
               {"plan", {{"name", report.plan}}},
               {"bisect",
                {{"kernel", report.kernel},
                 {"repository", report.repository},
                 {"good", report.good},
                 {"bad", report.bad},
                 {"signature", report.signature},
                 {"interrupted", report.interrupted},
                 {"first_bad", report.first_bad},
                 {"steps", std::move(steps)}}}});
  return dump(json);
}

}  // namespace kproof::report
