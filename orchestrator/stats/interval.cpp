#include "stats/interval.hpp"

#include <algorithm>
#include <cmath>

namespace kproof::stats {

static constexpr double kTail = 0.005;

// How many of them, from the front, weigh less than the tail together.
template <class Iterator>
static std::size_t tail(Iterator from, Iterator to, double all) {
  std::size_t count = 0;
  for (double sum = 0; from != to && (sum += *from) < kTail * all; ++from)
    ++count;
  return count;
}

std::pair<std::size_t, std::size_t> interval_of(const std::vector<double>& log_likelihood,
                                                std::size_t first) {
  const double most = *std::ranges::max_element(log_likelihood);
  std::vector<double> weights;
  double all = 0;
  for (const double one : log_likelihood)
    all += weights.emplace_back(std::exp(one - most));
  return {first + tail(weights.begin(), weights.end(), all),
          first + weights.size() - 1 - tail(weights.rbegin(), weights.rend(), all)};
}

}  // namespace kproof::stats
