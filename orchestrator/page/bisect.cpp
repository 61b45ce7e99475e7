#include "page/bisect.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "page/element.hpp"
#include "util/units.hpp"

namespace kproof::page {
using bisect::Outcome;
using bisect::Step;
using report::BisectReport;

static constexpr std::size_t kShort = 12;  // letters of a commit that are shown

static std::string name_of(const BisectReport& report, const std::string& commit) {
  const auto step = std::ranges::find(report.steps, commit, &Step::commit);
  return step == report.steps.end() ? commit.substr(0, kShort)
                                    : fmt::format("{} {}", commit.substr(0, kShort), step->subject);
}

static std::string answer_of(const BisectReport& report) {
  if (report.interrupted) return "Interrupted; the same command goes on from here";
  if (report.first_bad.size() == 1)
    return "The first bad revision is " + name_of(report, report.first_bad.front());
  if (report.first_bad.empty()) return "No revision was found yet";
  std::string text = "Only skipped revisions are left. The first bad one is any of";
  for (const std::string& commit : report.first_bad)
    text += "\n" + name_of(report, commit);
  return text;
}

static void add_step(const Element& rows, const Step& step) {
  static constexpr const char* kCss[] = {"good", "bad", "odd"};
  const Element row = rows.add("tr");
  row.add("td")
      .add("a", "", step.commit.substr(0, kShort))
      .set("href", report::directory_of_revision(step.commit) + "/report.html");
  row.add("td", kCss[static_cast<std::size_t>(step.seen.outcome)], to_string(step.seen.outcome));
  const Element told = row.add("td");
  told.text(step.subject);
  if (!step.seen.reason.empty()) told.add("pre", "", step.seen.reason);
}

std::string html(const BisectReport& report) {
  const Document document(fmt::format("bisection of {} - kproof", report.kernel));
  const Element body = document.body();
  body.add("h1", "", fmt::format("{}: bisection of {}", report.plan, report.kernel));
  const bool found = !report.interrupted && report.first_bad.size() == 1;
  add_verdict(body, found ? kGood : kOdd, answer_of(report));
  body.add(
      "p", "soft",
      fmt::format("{} to {}, on {}; {} between {} and {} of {}", report.started, report.ended,
                  report.host.hostname, util::format_count(report.steps.size(), "step"),
                  report.good.substr(0, kShort), report.bad.substr(0, kShort), report.repository));
  for (const std::string& line : report.signature)
    body.add("p", "", "looked for: " + line);
  const Element rows = add_table(body, "steps", {"revision", "outcome", "what was seen"});
  for (const Step& step : report.steps)
    add_step(rows, step);
  return document.html();
}

}  // namespace kproof::page
