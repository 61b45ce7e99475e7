#include "sweep/attempts.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

namespace kproof::sweep {
namespace fs = std::filesystem;

static std::string directory_of(const AttemptPlace& place, std::size_t nth) {
  return fmt::format("{}.attempt-{}", place.cell, nth + 1);
}

static model::DiscountedAttempt set_aside(const Attempt& attempt, const AttemptPlace& place,
                                          std::size_t nth) {
  const std::string directory = directory_of(place, nth);
  fs::rename(place.out / place.cell, place.out / directory);
  return {attempt.result.judgement.verdict, attempt.result.judgement.reason, attempt.doubt.sign,
          directory};
}

std::optional<model::CellResult> attempt_until_one_counts(
    const AttemptPlace& place, const std::function<std::optional<Attempt>(unsigned)>& once) {
  for (unsigned nth = 0; nth + 1 < verdict::kAttempts; ++nth)
    fs::remove_all(place.out / directory_of(place, nth));
  std::vector<verdict::Doubt> doubts;
  std::vector<model::DiscountedAttempt> discounted;
  for (unsigned nth = 0;; ++nth) {
    auto attempt = once(nth);
    if (!attempt) return std::nullopt;
    doubts.push_back(attempt->doubt);
    if (verdict::weigh(doubts) == verdict::Weight::again) {
      discounted.push_back(set_aside(*attempt, place, nth));
      continue;
    }
    attempt->result.judgement = verdict::settle(attempt->result.judgement, doubts);
    attempt->result.discounted = std::move(discounted);
    return std::move(attempt->result);
  }
}

}  // namespace kproof::sweep
