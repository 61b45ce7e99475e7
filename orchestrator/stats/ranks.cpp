#include "stats/ranks.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace kproof::stats {

namespace {

// Twice the ranks, so that the means of ties are whole.
struct Ranks {
  std::vector<long> all;  // of the figures of both, sorted
  long of_a = 0;          // their sum over the first sample
  double ties = 0;        // of t^3 - t over groups of ties
};

}  // namespace

static Ranks rank(std::span<const double> a, std::span<const double> b) {
  std::vector<std::pair<double, bool>> figures;
  for (const double figure : a)
    figures.emplace_back(figure, true);
  for (const double figure : b)
    figures.emplace_back(figure, false);
  std::sort(figures.begin(), figures.end());
  Ranks ranks;
  for (std::size_t from = 0; from < figures.size();) {
    std::size_t to = from;
    while (to < figures.size() && figures[to].first == figures[from].first)
      ++to;
    const auto size = static_cast<double>(to - from);
    ranks.ties += size * size * size - size;
    for (std::size_t i = from; i < to; ++i) {
      ranks.all.push_back(static_cast<long>(from + 1 + to));  // (from + 1) and to are its ends
      if (figures[i].second) ranks.of_a += ranks.all.back();
    }
    from = to;
  }
  return ranks;
}

// ways[s]: how many choices of `chosen` of the ranks have the sum s, as shares of all choices.
static std::vector<double> sums(const std::vector<long>& ranks, std::size_t chosen) {
  const auto most = static_cast<std::size_t>(std::accumulate(ranks.begin(), ranks.end(), 0L));
  std::vector<std::vector<double>> ways(chosen + 1, std::vector<double>(most + 1, 0));
  ways[0][0] = 1;
  for (const long rank : ranks)
    for (std::size_t k = chosen; k > 0; --k)
      for (std::size_t s = most; s + 1 > static_cast<std::size_t>(rank); --s)
        ways[k][s] += ways[k - 1][s - static_cast<std::size_t>(rank)];
  const double all = std::accumulate(ways[chosen].begin(), ways[chosen].end(), 0.0);
  for (double& way : ways[chosen])
    way /= all;
  return std::move(ways[chosen]);
}

static double exact(const Ranks& ranks, std::size_t n) {
  // The mean of n of them, times their number, to stay whole.
  const auto size = static_cast<long>(ranks.all.size());
  const long total = std::accumulate(ranks.all.begin(), ranks.all.end(), 0L);
  const auto distance = [&](long sum) {
    return std::labs(sum * size - total * static_cast<long>(n));
  };
  const std::vector<double> share = sums(ranks.all, n);
  double p = 0;
  for (std::size_t sum = 0; sum < share.size(); ++sum)
    if (distance(static_cast<long>(sum)) >= distance(ranks.of_a)) p += share[sum];
  return std::min(p, 1.0);
}

static double normal(const Ranks& ranks, double n, double m) {
  const double all = n + m, sum = static_cast<double>(ranks.of_a) / 2;
  const double variance = n * m / 12 * (all + 1 - ranks.ties / (all * (all - 1)));
  if (variance <= 0) return 1;
  const double off = std::max(0.0, std::abs(sum - n * (all + 1) / 2) - 0.5);
  return std::erfc(off / std::sqrt(2 * variance));
}

double rank_test(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return 1;
  if (b.size() < a.size()) return rank_test(b, a);
  const Ranks ranks = rank(a, b);
  return a.size() + b.size() <= kMostExact
             ? exact(ranks, a.size())
             : normal(ranks, static_cast<double>(a.size()), static_cast<double>(b.size()));
}

double rough_rank_test(std::span<const double> a, std::span<const double> b) {
  if (a.empty() || b.empty()) return 1;
  return normal(rank(a, b), static_cast<double>(a.size()), static_cast<double>(b.size()));
}

double least_p(std::size_t a, std::size_t b) {
  if (a == 0 || b == 0) return 1;
  const auto n = static_cast<double>(a), m = static_cast<double>(b);
  return std::min(1.0,
                  2 * std::exp(std::lgamma(n + 1) + std::lgamma(m + 1) - std::lgamma(n + m + 1)));
}

std::vector<double> holm(const std::vector<double>& p, std::size_t comparisons) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> corrected(p.size());
  double least = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto factor = static_cast<double>(std::max(comparisons, p.size()) - i);
    least = std::max(least, std::min(1.0, p[order[i]] * factor));
    corrected[order[i]] = least;
  }
  return corrected;
}

double median(std::span<const double> sorted) {
  if (sorted.empty()) return 0;
  return (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2;
}

}  // namespace kproof::stats
