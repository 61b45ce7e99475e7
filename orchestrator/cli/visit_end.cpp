#include "cli/visit_end.hpp"

#include "cli/cli.hpp"

namespace kproof::cli {
using model::Verdict;

int visit_exit_code(const report::RunReport& report, const std::optional<agent::CaseEnded>& ended) {
  if (report.cells.empty()) return report.interrupted ? kInterrupted : kCannotTell;
  const model::Judgement& judgement = report.cells.front().judgement;
  const Verdict verdict = judgement.verdict;
  if (judgement.expected) {
    if (!ended) return kCannotTell;
    return ended->signal != 0 ? 128 + ended->signal : ended->exit_code;
  }
  if (verdict == Verdict::hang && judgement.blame == model::Blame::test) return kCommandTimedOut;
  const bool failed =
      verdict == Verdict::fail || verdict == Verdict::crash || verdict == Verdict::hang;
  return failed ? kKernelFailed : kCannotTell;
}

}  // namespace kproof::cli
