// What the case lacks, once the guest is beyond doubt.
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

static Applies malformed(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  if (o.report.malformed.empty()) return std::nullopt;
  return Ruling{Verdict::fail, Blame::test,
                "the case printed no valid KTAP: " + o.report.malformed};
}

static Applies bail_out(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  if (o.report.bail_out.empty()) return std::nullopt;
  return Ruling{Verdict::miss, Blame::test, "the case bailed out: " + o.report.bail_out};
}

static Applies whole_skip(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  if (o.report.skip_reason.empty()) return std::nullopt;
  return Ruling{Verdict::skip, Blame::none, "the case skipped itself: " + o.report.skip_reason};
}

static bool all_skipped(const model::CaseReport& report) {
  return std::ranges::all_of(report.subtests, [](const model::Subtest& subtest) {
    return subtest.of_plan || subtest.result == model::Subtest::Result::skip;
  });
}

// By the case's own word, which its exit code goes with.
static bool says_not_ok(const model::CaseReport& report) {
  return std::ranges::any_of(report.subtests, [](const model::Subtest& subtest) {
    return !subtest.of_plan && subtest.result == model::Subtest::Result::not_ok;
  });
}

// The exit codes that go with a report: KTAP.md's, and those of kselftest, which ends a bail-out
// with 1 and tests of which all were skipped with KSFT_SKIP. The first is what messages name.
static std::vector<int> exit_codes_of(const model::CaseReport& report) {
  if (!report.bail_out.empty()) return {2, 1};
  if (!report.skip_reason.empty()) return {4, 0};
  if (says_not_ok(report)) return {1};
  if (!report.subtests.empty() && all_skipped(report)) return {0, 4};
  return {0};
}

static Applies exit_code(const Observation& o) {
  if (!has_report(o) || !o.outcome.exit) return std::nullopt;
  const int code = o.outcome.exit->exit_code;
  const auto fitting = exit_codes_of(o.report);
  if (std::ranges::find(fitting, code) != fitting.end()) return std::nullopt;
  return Ruling{
      Verdict::fail, Blame::test,
      fmt::format("the case exited with {}, but its KTAP means {}", code, fitting.front())};
}

static Applies evidence(const Observation& o) {
  if (std::holds_alternative<model::OuterGone>(o.outcome.end)) return std::nullopt;
  std::vector<std::string> lacking;
  for (const auto& name : o.evidence)
    if (std::none_of(o.report.evidence.begin(), o.report.evidence.end(),
                     [&](const model::Evidence& e) { return e.name == name; }))
      lacking.push_back(name + " missing");
  bool of_plan = lacking.empty();
  for (const auto& e : o.report.evidence) {
    if (e.proven) continue;
    lacking.push_back(fmt::format("{} unproven ({})", e.name, e.fact));
    of_plan &= e.of_plan;
  }
  if (lacking.empty()) return std::nullopt;
  return Ruling{Verdict::miss, of_plan ? Blame::config : Blame::test, "evidence: " + join(lacking)};
}

static Applies nothing(const Observation& o) {
  if (!has_report(o)) return std::nullopt;
  const auto& subtests = o.report.subtests;
  if (!all_skipped(o.report)) return std::nullopt;
  return Ruling{Verdict::skip, Blame::test,
                subtests.empty() ? "the case has no subtests"
                                 : fmt::format("all subtests were skipped; the first of {}: {}",
                                               subtests.size(), subtests[0].diagnostic)};
}

std::span<const Row> case_rows() {
  static constexpr std::array<Row, 7> kRows{{
      {RowId::no_exit, Bearing::aftermath, no_exit},
      {RowId::malformed, Bearing::aftermath, malformed},
      {RowId::exit_code, Bearing::aftermath, exit_code},
      {RowId::bail_out, Bearing::objection, bail_out},
      {RowId::whole_skip, Bearing::objection, whole_skip},
      {RowId::evidence, Bearing::objection, evidence},
      {RowId::nothing, Bearing::aftermath, nothing},
  }};
  return kRows;
}

}  // namespace kproof::verdict
