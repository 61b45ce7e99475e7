#include "verdict/expected.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "util/pattern.hpp"
#include "verdict/taint.hpp"

namespace kproof::verdict {
using model::Verdict;

namespace {

using Names = std::vector<std::string>;
using Patterns = std::vector<util::Pattern>;

// What a cell shows of one kind: a finding's title, a subtest's name.
struct Shown {
  std::string name;
  std::string also = {};  // a finding's other title
  bool excused = false;   // a known finding: it may be there, and may be what was declared
};

}  // namespace

static bool meets(const util::Pattern& pattern, const Shown& one) {
  return pattern.found_in(one.name) || (!one.also.empty() && pattern.found_in(one.also));
}

static bool met_by(const Patterns& patterns, const Shown& one) {
  return std::ranges::any_of(patterns, [&](const auto& p) { return meets(p, one); });
}

// "" when each of `must` is met, and each that is shown meets one of `must` or `may`.
static std::string compare(std::string_view what, const std::vector<Shown>& all, const Names& must,
                           const Names& may) {
  const Patterns musts(must.begin(), must.end()), mays(may.begin(), may.end());
  for (const Shown& one : all)
    if (!one.excused && !met_by(musts, one) && !met_by(mays, one))
      return fmt::format("{} `{}` was not expected", what, one.name);
  for (const auto& pattern : musts)
    if (std::ranges::none_of(all, [&](const Shown& one) { return meets(pattern, one); }))
      return fmt::format("no {} matches `{}`", what, pattern.text());
  return "";
}

static std::string compare_symptoms(const model::Expectation& e, Levels levels) {
  std::vector<Shown> found, failed;
  for (const Observation& o : levels) {
    for (const auto& finding : o.findings)
      found.push_back({finding.title, finding.syzbot_title, finding.known.accepted()});
    for (const auto& subtest : o.report.subtests)
      if (subtest.result == model::Subtest::Result::not_ok) failed.push_back({subtest.name});
  }
  const std::string amiss = compare("finding", found, e.findings, e.may_find);
  return amiss.empty() ? compare("failed subtest", failed, e.subtests, e.may_fail) : amiss;
}

// The taint at this level is what its findings left, and no more. Each of these is expected or an
// objection by itself.
static bool left_by_findings(Levels levels, int level) {
  return std::ranges::any_of(levels, [&](const Observation& o) {
    return o.level == level && !o.findings.empty() && (grown_taint(o) & ~kTaintOfReports) == 0;
  });
}

// Whether it makes a failure that was declared one for another reason.
static bool objects(Verdict verdict, Levels levels, const Applied& applied) {
  switch (applied.row->bearing) {
    case Bearing::symptom:
      return applied.row->id == RowId::taint && !left_by_findings(levels, applied.level);
    case Bearing::aftermath:
      return verdict == Verdict::fail;
    case Bearing::objection:
      break;
  }
  return true;
}

// Nothing is wrong but findings that are known, and the taint that goes with them.
static bool is_known(Levels levels, const std::vector<Applied>& applied) {
  const auto all_known = [](const Observation& o) {
    return std::ranges::all_of(o.findings, [](const auto& f) { return f.known.accepted(); });
  };
  return !applied.empty() && std::ranges::all_of(levels, all_known) &&
         std::ranges::all_of(applied, [&](const Applied& a) {
           return a.row->id == RowId::finding ||
                  (a.row->id == RowId::taint && left_by_findings(levels, a.level));
         });
}

// Subtests that were skipped are no part of what a pass stands for.
static std::string unexpected_skips(const model::Expectation& e, Levels levels) {
  const Names named = e.allow_skips.value_or(Names{});
  const Patterns allowed(named.begin(), named.end());
  std::size_t all = 0, skipped = 0;
  for (const Observation& o : levels)
    for (const auto& subtest : o.report.subtests) {
      if (subtest.of_plan) continue;
      ++all;
      if (subtest.result != model::Subtest::Result::skip) continue;
      ++skipped;
      if (e.allow_skips && !met_by(allowed, {subtest.name}))
        return fmt::format("subtest `{}` was skipped: {}", subtest.name, subtest.diagnostic);
    }
  if (e.allow_skips || 2 * skipped <= all) return "";
  return fmt::format("{} of {} subtests were skipped, and no `allow_skips` says so", skipped, all);
}

// What the reason must say for a cell that shows nothing else.
static std::string unexpected_reason(const std::string& pattern, const Applied& decides) {
  if (pattern.empty() || util::Pattern(pattern).found_in(decides.ruling.reason)) return "";
  return fmt::format("its reason does not match `{}`", pattern);
}

static std::string deviation_of_failure(const model::Expectation& e, Verdict verdict, Levels levels,
                                        const std::vector<Applied>& applied) {
  for (const auto& a : applied)
    if (objects(verdict, levels, a)) return said(a, levels);
  return compare_symptoms(e, levels);
}

std::string deviation(const model::Expectation& e, Levels levels,
                      const std::vector<Applied>& applied) {
  const Verdict verdict = applied.empty() ? Verdict::pass : applied[0].ruling.verdict;
  if (verdict == Verdict::broken) return "a broken cell says nothing of the kernel";
  const bool known = e.allows(Verdict::pass) && is_known(levels, applied);
  if (!known && !e.allows(verdict)) return fmt::format("this is {}", to_string(verdict));
  if (known || verdict == Verdict::pass) return unexpected_skips(e, levels);
  if (verdict == Verdict::skip) return unexpected_reason(e.reasons.skip, applied[0]);
  if (verdict == Verdict::miss) return unexpected_reason(e.reasons.miss, applied[0]);
  std::string amiss = deviation_of_failure(e, verdict, levels, applied);
  if (amiss.empty() && verdict == Verdict::hang)
    amiss = unexpected_reason(e.reasons.hang, applied[0]);
  if (amiss.empty() && verdict == Verdict::fail) amiss = unexpected_skips(e, levels);
  return amiss;
}

}  // namespace kproof::verdict
