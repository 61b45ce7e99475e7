// When did a rate of failures change? Pure.
//
// Bayesian change points as Chromium's LUCI finds them: outcomes are independent, the rate of a
// segment is unknown with the prior Beta(.05, .5) (most cases fail never or always), so a segment
// with x failures of n has the likelihood B(x + .05, n - x + .5) / B(.05, .5). A segment is split
// where two rates explain it ten thousand times better than one (kPrior). LUCI splits, and then
// the parts; here all partitions are weighed, as what broke and was mended is in no way two parts.
//
// So 30 passes and then 3 failures are a change, 100 and 2, 10 and 6; behind a case that fails in 5
// of 50, 7 failures are.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kproof::stats {

// That any change is there at all, before anything was seen.
inline constexpr double kPrior = 1e-4;

struct Tally {
  std::size_t failed = 0, of = 0;
  double rate() const {
    return of == 0 ? 0 : static_cast<double>(failed) / static_cast<double>(of);
  }
  bool operator==(const Tally&) const = default;
};

struct RateChange {
  std::size_t at = 0;               // the first position behind it, where it is most likely
  std::size_t least = 0, most = 0;  // inclusive; it is one of these with 99 %
  Tally before, behind;             // from the change before to it, from it to the next one
};

// In order. A position is what is seen at once: a run, with all its repetitions.
std::vector<RateChange> rate_changes(std::span<const Tally> positions);

}  // namespace kproof::stats
