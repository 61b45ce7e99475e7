#include "verdict/judge.hpp"

#include <algorithm>
#include <regex>

#include <fmt/format.h>

#include "verdict/rows.hpp"

namespace kproof::verdict {
using model::Verdict;

namespace {

struct Applied {
  const Row* row;
  int level;
  Ruling ruling;
};
using Names = std::vector<std::string>;

}  // namespace

// By rows first: what a level did is no excuse for what another one did that weighs more.
static std::vector<Applied> apply_all(Levels levels) {
  std::vector<Applied> applied;
  for (const auto rows : {guest_rows(), case_rows()})
    for (const Row& row : rows)
      for (const Observation& o : levels) {
        auto ruling = row.apply(o);
        if (!ruling) continue;
        if (levels.size() > 1) ruling->reason = fmt::format("L{}: {}", o.level, ruling->reason);
        applied.push_back({&row, o.level, std::move(*ruling)});
      }
  return applied;
}

// "" when each name matches a pattern and each pattern a name, else what is amiss.
static std::string compare(std::string_view what, const Names& names, const Names& patterns) {
  // std::regex recurses for each character, and a guest chooses the name.
  constexpr std::size_t kLongest = 4096;
  const auto met = [](const std::string& name, const std::string& pattern) {
    return name.size() <= kLongest &&
           std::regex_search(name, std::regex(pattern, std::regex::ECMAScript));
  };
  for (const auto& name : names)
    if (std::none_of(patterns.begin(), patterns.end(), [&](const auto& p) { return met(name, p); }))
      return fmt::format("{} `{}` was not expected", what, name);
  for (const auto& pattern : patterns)
    if (std::none_of(names.begin(), names.end(), [&](const auto& n) { return met(n, pattern); }))
      return fmt::format("no {} matches `{}`", what, pattern);
  return "";
}

static std::string compare_symptoms(const model::Expectation& e, Levels levels) {
  Names titles, failed;
  for (const Observation& o : levels) {
    for (const auto& finding : o.findings)
      if (!finding.known.accepted()) titles.push_back(finding.title);
    for (const auto& subtest : o.report.subtests)
      if (subtest.result == model::Subtest::Result::not_ok) failed.push_back(subtest.name);
  }
  const std::string amiss = compare("finding", titles, e.findings);
  return amiss.empty() ? compare("failed subtest", failed, e.subtests) : amiss;
}

static bool objects(const model::Expectation& e, const Applied& applied) {
  switch (applied.row->bearing) {
    case Bearing::symptom:
      // A taint is no finding that a pattern could match: it goes with declared findings only.
      return applied.row->name == "taint" && e.findings.empty();
    case Bearing::aftermath:
      return e.verdict == Verdict::fail;
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
  const auto found_at = [&](int level) {
    return std::ranges::any_of(
        levels, [&](const Observation& o) { return o.level == level && !o.findings.empty(); });
  };
  return !applied.empty() && std::ranges::all_of(levels, all_known) &&
         std::ranges::all_of(applied, [&](const Applied& a) {
           return a.row->name == "finding" || (a.row->name == "taint" && found_at(a.level));
         });
}

// "" when the cell is as declared, else what is not.
static std::string deviation(const model::Expectation& e, Levels levels,
                             const std::vector<Applied>& applied) {
  const Verdict verdict = applied.empty() ? Verdict::pass : applied[0].ruling.verdict;
  if (verdict == Verdict::broken) return "a broken cell says nothing of the kernel";
  if (e.verdict == Verdict::pass && is_known(levels, applied)) return "";
  if (verdict != e.verdict) return fmt::format("this is {}", to_string(verdict));
  if (verdict == Verdict::pass) return "";
  if (verdict == Verdict::skip || verdict == Verdict::miss) {
    const auto symptom = std::find_if(applied.begin(), applied.end(), [](const Applied& a) {
      return a.row->bearing == Bearing::symptom;
    });
    return symptom == applied.end() ? "" : symptom->ruling.reason;
  }
  for (const auto& a : applied)
    if (objects(e, a)) return a.ruling.reason;
  return compare_symptoms(e, levels);
}

static std::string pass_reason(Levels levels) {
  std::size_t subtests = 0, evidence = 0;
  std::vector<std::string> skipped;
  for (const Observation& o : levels) {
    subtests += o.report.subtests.size();
    evidence += o.report.evidence.size();
    for (std::string& skip : model::skipped_in(o.report.subtests))
      skipped.push_back(std::move(skip));
  }
  const std::size_t skips = skipped.size();
  return fmt::format(
      "{} of {} subtests ok, {} skipped{}; {} evidence proven", subtests - skips, subtests, skips,
      skips == 0 ? "" : fmt::format(" ({})", name_some(std::move(skipped))), evidence);
}

static std::string describe(const model::Expectation& e) {
  std::string text = fmt::format("expected {}", to_string(e.verdict));
  if (!e.place.empty()) text += fmt::format(" ({})", e.place);
  return text;
}

model::Judgement judge(const model::Expectation& expectation, Levels levels) {
  const auto applied = apply_all(levels);
  const std::string amiss = deviation(expectation, levels, applied);
  model::Judgement judgement{.verdict = Verdict::pass,
                             .blame = model::Blame::none,
                             .reason = pass_reason(levels),
                             .expected = amiss.empty()};
  if (!applied.empty()) {
    judgement.verdict = applied[0].ruling.verdict;
    judgement.blame = applied[0].ruling.blame;
    judgement.reason = applied[0].ruling.reason;
    judgement.level = applied[0].level;
  }
  // That a plain cell should have passed goes without saying.
  if (!amiss.empty() && expectation.verdict != Verdict::pass)
    judgement.reason += fmt::format("; {}, but {}", describe(expectation), amiss);
  return judgement;
}

std::string_view deciding_row(Levels levels) {
  const auto applied = apply_all(levels);
  return applied.empty() ? "pass" : applied[0].row->name;
}

}  // namespace kproof::verdict
