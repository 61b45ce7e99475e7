// What the case said, once the guest is beyond doubt.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "verdict/rows.hpp"

namespace kproof::verdict {
using model::Blame;
using model::Verdict;
using Applies = std::optional<Ruling>;

// Whether there is a case at this level that could have said something.
static bool has_report(const Observation& o) {
  return o.runs_case && !std::holds_alternative<model::OuterGone>(o.outcome.end);
}

static Applies no_exit(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  if (o.outcome.exit) return std::nullopt;
  return Ruling{Verdict::broken, Blame::host, "the agent never reported an end of the case"};
}

static Applies signal(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  if (!o.outcome.exit || o.outcome.exit->signal == 0) return std::nullopt;
  return Ruling{Verdict::fail, Blame::test,
                fmt::format("the case died by signal {}", o.outcome.exit->signal)};
}

static Applies malformed(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  if (o.report.malformed.empty()) return std::nullopt;
  return Ruling{Verdict::fail, Blame::test,
                "the case printed no valid KTAP: " + o.report.malformed};
}

static Applies bail_out(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  if (o.report.bail_out.empty()) return std::nullopt;
  std::string reason = "the case bailed out: " + o.report.bail_out;
  const std::string failed = name_failed_subtests(o.report);
  if (!failed.empty()) reason += "; not ok before: " + failed;
  return Ruling{Verdict::miss, Blame::test, std::move(reason)};
}

static Applies whole_skip(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  if (o.report.skip_reason.empty()) return std::nullopt;
  return Ruling{Verdict::skip, Blame::none, "the case skipped itself: " + o.report.skip_reason};
}

static Applies not_ok(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  const std::string failed = name_failed_subtests(o.report);
  if (failed.empty()) return std::nullopt;
  return Ruling{Verdict::fail, Blame::kernel, "not ok: " + failed};
}

// The exit code that goes with a report (KTAP.md).
static int exit_code_of(const model::CaseReport& report) {
  if (!report.bail_out.empty()) return 2;
  if (!report.skip_reason.empty()) return 4;
  return name_failed_subtests(report).empty() ? 0 : 1;
}

static Applies exit_code(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  if (!o.outcome.exit || o.outcome.exit->exit_code == exit_code_of(o.report)) return std::nullopt;
  return Ruling{Verdict::fail, Blame::test,
                fmt::format("the case exited with {}, but its KTAP means {}",
                            o.outcome.exit->exit_code, exit_code_of(o.report))};
}

static Applies evidence(const Observation& o) {
  if (std::holds_alternative<model::OuterGone>(o.outcome.end)) return std::nullopt;
  std::vector<std::string> lacking;
  for (const auto& name : o.evidence)
    if (std::none_of(o.report.evidence.begin(), o.report.evidence.end(),
                     [&](const model::Evidence& e) { return e.name == name; }))
      lacking.push_back(name + " missing");
  for (const auto& e : o.report.evidence)
    if (!e.proven) lacking.push_back(fmt::format("{} unproven ({})", e.name, e.fact));
  if (lacking.empty()) return std::nullopt;
  return Ruling{Verdict::miss, Blame::test, "evidence: " + join(lacking)};
}

static Applies nothing(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  const auto skipped = [](const model::Subtest& subtest) {
    return subtest.result == model::Subtest::Result::skip;
  };
  const auto& subtests = o.report.subtests;
  if (!std::all_of(subtests.begin(), subtests.end(), skipped)) return std::nullopt;
  return Ruling{Verdict::skip, Blame::test,
                subtests.empty() ? "the case has no subtests"
                                 : fmt::format("all subtests were skipped; the first of {}: {}",
                                               subtests.size(), subtests[0].diagnostic)};
}

std::span<const Row> case_rows() {
  static constexpr std::array<Row, 9> kRows{{
      {"no-exit", Bearing::aftermath, no_exit},
      {"signal", Bearing::aftermath, signal},
      {"malformed", Bearing::aftermath, malformed},
      {"bail-out", Bearing::objection, bail_out},
      {"whole-skip", Bearing::objection, whole_skip},
      {"not-ok", Bearing::symptom, not_ok},
      {"exit-code", Bearing::aftermath, exit_code},
      {"evidence", Bearing::objection, evidence},
      {"nothing", Bearing::aftermath, nothing},
  }};
  return kRows;
}

}  // namespace kproof::verdict
