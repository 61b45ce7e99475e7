#include "verdict/judge.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "verdict/applied.hpp"
#include "verdict/expected.hpp"

namespace kproof::verdict {
using model::Verdict;

// Failure rows first, of whichever level: what a level did is no excuse for what another one did
// that weighs more.
std::vector<Applied> apply_all(Levels levels) {
  std::vector<Applied> applied;
  for (const auto rows : {failure_rows(), guest_rows(), case_rows()})
    for (const Row& row : rows)
      for (const Observation& o : levels)
        if (auto ruling = row.apply(o)) applied.push_back({&row, o.level, std::move(*ruling)});
  return applied;
}

// Findings and what was not ok stand in every reason, whichever row decides. So does a host that
// failed, and behind a failure that only the case tells, what kept it from going on.
static bool also_named(const Applied& decides, const Applied& other) {
  const RowId id = other.row->id;
  if (id == RowId::finding || id == RowId::not_ok) return true;
  if (decides.row->id == RowId::not_ok) return id == RowId::signal || !is_failure(id);
  return id == RowId::host && is_failure(decides.row->id);
}

static std::string reason_of(Levels levels, const std::vector<Applied>& applied) {
  const Applied& decides = applied[0];
  std::string reason = said(decides, levels);
  bool told = false;  // one reason why it could not go on is enough
  for (const Applied& other : std::span(applied).subspan(1)) {
    const bool why = other.row->id == RowId::signal || !is_failure(other.row->id);
    if (!also_named(decides, other) || (told && why)) continue;
    told |= why;
    reason += "; " + (other.level == decides.level ? other.ruling.reason : said(other, levels));
  }
  return reason;
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
  std::string text = fmt::format("expected {}", fmt::join(e.words(), " or "));
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
    judgement.reason = reason_of(levels, applied);
    judgement.level = applied[0].level;
  }
  // That a plain cell should have passed goes without saying.
  const bool plain = expectation.verdict == Verdict::pass && expectation.also.empty();
  if (!amiss.empty() && (!plain || judgement.verdict == Verdict::pass))
    judgement.reason += fmt::format("; {}, but {}", describe(expectation), amiss);
  return judgement;
}

std::string_view deciding_row(Levels levels) {
  const auto applied = apply_all(levels);
  return applied.empty() ? "pass" : to_string(applied[0].row->id);
}

}  // namespace kproof::verdict
