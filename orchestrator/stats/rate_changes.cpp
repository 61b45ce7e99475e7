#include "stats/rate_changes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/interval.hpp"

namespace kproof::stats {

namespace {

class Likelihood {
 public:
  explicit Likelihood(std::span<const Tally> positions);
  std::size_t size() const { return sums_.size() - 1; }
  Tally tally(std::size_t from, std::size_t to) const {
    return {sums_[to].failed - sums_[from].failed, sums_[to].of - sums_[from].of};
  }
  // The logarithm of it, of one rate for the positions from `from` to in front of `to`.
  double log_of(std::size_t from, std::size_t to) const {
    const Tally all = tally(from, to);
    return failed_[all.failed] + passed_[all.of - all.failed] - both_[all.of];
  }

 private:
  std::vector<Tally> sums_{{}};                 // of all positions in front of each
  std::vector<double> failed_, passed_, both_;  // lnB's parts, by the number of each
};

}  // namespace

// The parameters of the prior.
static constexpr double kA = 0.05, kB = 0.5;

Likelihood::Likelihood(std::span<const Tally> positions) {
  for (const Tally& one : positions)
    sums_.push_back({sums_.back().failed + one.failed, sums_.back().of + one.of});
  for (std::size_t n = 0; n <= sums_.back().of; ++n) {
    const auto count = static_cast<double>(n);
    failed_.push_back(std::lgamma(count + kA) - std::lgamma(kA));
    passed_.push_back(std::lgamma(count + kB) - std::lgamma(kB));
    both_.push_back(std::lgamma(count + kA + kB) - std::lgamma(kA + kB));
  }
}

// Where the segments of the best partition begin and end: the one of most likelihood, times kPrior
// for each change.
static std::vector<std::size_t> best_partition(const Likelihood& likelihood) {
  const std::size_t size = likelihood.size();
  std::vector<double> best(size + 1, -std::numeric_limits<double>::infinity());
  std::vector<std::size_t> begins(size + 1);
  best[0] = -std::log(kPrior);  // the first segment is no change
  for (std::size_t to = 1; to <= size; ++to)
    for (std::size_t from = 0; from < to; ++from)
      if (const double one = best[from] + std::log(kPrior) + likelihood.log_of(from, to);
          one > best[to]) {
        best[to] = one;
        begins[to] = from;
      }
  std::vector<std::size_t> ends{size};
  while (ends.back() > 0)
    ends.push_back(begins[ends.back()]);
  std::ranges::reverse(ends);
  return ends;
}

static RateChange describe(const Likelihood& likelihood, std::size_t from, std::size_t at,
                           std::size_t to) {
  std::vector<double> list;
  for (std::size_t i = from + 1; i < to; ++i)
    list.push_back(likelihood.log_of(from, i) + likelihood.log_of(i, to));
  const auto [least, most] = interval_of(list, from + 1);
  return {at, least, most, likelihood.tally(from, at), likelihood.tally(at, to)};
}

std::vector<RateChange> rate_changes(std::span<const Tally> positions) {
  const Likelihood likelihood(positions);
  const std::vector<std::size_t> ends = best_partition(likelihood);
  std::vector<RateChange> changes;
  for (std::size_t i = 1; i + 1 < ends.size(); ++i)
    changes.push_back(describe(likelihood, ends[i - 1], ends[i], ends[i + 1]));
  return changes;
}

}  // namespace kproof::stats
