#include "verdict/doubt.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "verdict/emulator.hpp"
#include "verdict/starved.hpp"

namespace kproof::verdict {
using model::Verdict;
using Of = Doubt::Of;

Doubt doubt(bool emulated, Levels levels, const model::Judgement& judgement) {
  const bool failed = judgement.verdict == Verdict::crash || judgement.verdict == Verdict::hang ||
                      judgement.verdict == Verdict::fail;
  if (judgement.expected || !failed) return {};
  if (const std::string sign = starved_sign(levels); !sign.empty()) return {Of::host, sign};
  if (!emulated) return {};
  const std::string sign = emulator_sign(levels);
  return {sign.empty() ? Of::nothing : Of::emulator, sign};
}

static std::ptrdiff_t count_like_last(std::span<const Doubt> doubts) {
  return std::ranges::count(doubts, doubts.back().sign, &Doubt::sign);
}

Weight weigh(std::span<const Doubt> doubts) {
  const Of last = doubts.back().of;
  if (last == Of::nothing) return Weight::stands;
  if (last == Of::emulator && count_like_last(doubts) == kSameSign) return Weight::stands;
  const bool starved =
      last == Of::host && std::ranges::count(doubts, last, &Doubt::of) >= kStarvedAttempts;
  return starved || doubts.size() >= kAttempts ? Weight::undecided : Weight::again;
}

static model::Judgement undecided(const model::Judgement& judgement, std::string reason) {
  return {.verdict = Verdict::broken,
          .blame = model::Blame::host,
          .reason = std::move(reason),
          .level = judgement.level};
}

static std::vector<std::string> signs_of(std::span<const Doubt> doubts) {
  std::vector<std::string> signs;
  for (const Doubt& doubt : doubts)
    signs.push_back(doubt.sign);
  return signs;
}

model::Judgement settle(const model::Judgement& judgement, std::span<const Doubt> doubts) {
  const Doubt& last = doubts.back();
  if (weigh(doubts) == Weight::undecided)
    return undecided(
        judgement,
        last.of == Of::host
            ? fmt::format("{}, as in {} of {} attempts; run it where less else runs", last.sign,
                          std::ranges::count(doubts, last.of, &Doubt::of), doubts.size())
            : fmt::format("QEMU's TCG may have failed, and no kernel, in each of {} attempts: {}",
                          doubts.size(), fmt::join(signs_of(doubts), "; ")));
  model::Judgement settled = judgement;
  if (last.of != Of::nothing)
    settled.reason +=
        fmt::format("; the same in {} of {} attempts", count_like_last(doubts), doubts.size());
  return settled;
}

model::Judgement settle_at_once(const model::Judgement& judgement, const Doubt& doubt) {
  if (doubt.of == Of::nothing) return judgement;
  return undecided(judgement, doubt.of == Of::host
                                  ? fmt::format("{}; try again where less else runs", doubt.sign)
                                  : fmt::format("{}; that may be QEMU's TCG: {}; try again",
                                                judgement.reason, doubt.sign));
}

}  // namespace kproof::verdict
