#include "stats/level_changes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/interval.hpp"
#include "stats/ranks.hpp"

namespace kproof::stats {

namespace {

using Figures = std::span<const double>;

// Fewer than these behind or before it prove nothing.
constexpr std::size_t kLeast = 3;

// A part of the figures that differs from the rest: [from, to), at one end of them or in between.
struct Part {
  std::size_t from = 0, to = 0;  // equal: none
  double p = 1;
  bool found() const { return from < to; }
};

}  // namespace

static std::vector<double> sorted(Figures figures) {
  std::vector<double> list(figures.begin(), figures.end());
  std::ranges::sort(list);
  return list;
}

// Each figure's mean rank, from 1.
static std::vector<double> ranks_of(Figures figures) {
  const std::vector<double> order = sorted(figures);
  std::vector<double> ranks;
  for (const double figure : figures) {
    const auto [from, to] = std::ranges::equal_range(order, figure);
    ranks.push_back(static_cast<double>((from - order.begin()) + (to - order.begin()) + 1) / 2);
  }
  return ranks;
}

// The part whose ranks are farthest from their mean, in standard deviations; at the front only, or
// anywhere in between.
static Part farthest(const std::vector<double>& ranks, bool between) {
  const std::size_t size = ranks.size();
  std::vector<double> sums{0};
  for (const double rank : ranks)
    sums.push_back(sums.back() + rank);
  const auto n = static_cast<double>(size);
  Part best;
  double most = 0;
  const std::size_t first = between ? kLeast : 0, last = between ? size - 2 * kLeast : 0;
  for (std::size_t from = first; from <= last; ++from)
    for (std::size_t to = from + kLeast; to + kLeast <= size; ++to) {
      const auto k = static_cast<double>(to - from);
      const double off = std::abs(sums[to] - sums[from] - k * (n + 1) / 2) / std::sqrt(k * (n - k));
      if (off <= most) continue;
      most = off;
      best = {from, to};
    }
  return best;
}

static bool matters(double a, double b, double least_change) {
  return std::abs(a - b) >= least_change * std::max(std::abs(a), std::abs(b)) && a != b;
}

static Part tested(Figures figures, Part part, double ways, const LevelRules& rules) {
  if (!part.found()) return {};
  const Figures inside = figures.subspan(part.from, part.to - part.from);
  std::vector<double> around(figures.begin(), figures.end());
  around.erase(around.begin() + static_cast<std::ptrdiff_t>(part.from),
               around.begin() + static_cast<std::ptrdiff_t>(part.to));
  const double tests = ways * static_cast<double>(rules.series);
  if (constexpr int kFar = 20; rough_rank_test(inside, around) * tests > kFar * rules.alpha)
    return {};
  part.p = std::min(1.0, rank_test(inside, around) * tests);
  const bool sure = part.p <= rules.alpha &&
                    matters(median(sorted(inside)), median(sorted(around)), rules.least_change);
  return sure ? part : Part{};
}

// One cut, or two where no one does: each way has half of what may be wrong.
static Part differing(Figures figures, const LevelRules& rules) {
  if (figures.size() < 2 * kLeast) return {};
  const std::vector<double> ranks = ranks_of(figures);
  const auto cuts = static_cast<double>(figures.size() + 1 - 2 * kLeast);
  const Part front = tested(figures, farthest(ranks, false), 2 * cuts, rules);
  if (front.found() || figures.size() < 3 * kLeast) return front;
  const auto lengths = static_cast<double>(figures.size() + 1 - 3 * kLeast);
  return tested(figures, farthest(ranks, true), lengths * (lengths + 1), rules);
}

static void search(Figures all, std::size_t from, std::size_t to, const LevelRules& rules,
                   std::vector<std::size_t>& found) {
  const Part part = differing(all.subspan(from, to - from), rules);
  if (!part.found()) return;
  std::vector<std::size_t> ends{from, from + part.from, from + part.to, to};
  if (part.from == 0) ends.erase(ends.begin());
  for (std::size_t i = 1; i < ends.size(); ++i) {
    search(all, ends[i - 1], ends[i], rules, found);
    if (i + 1 < ends.size()) found.push_back(ends[i]);
  }
}

// The one cut between two neighbours.
static Part cut(Figures all, std::size_t from, std::size_t to, const LevelRules& rules) {
  const Figures figures = all.subspan(from, to - from);
  if (figures.size() < 2 * kLeast) return {};
  const auto cuts = static_cast<double>(figures.size() + 1 - 2 * kLeast);
  return tested(figures, farthest(ranks_of(figures), false), cuts, rules);
}

static void settle(Figures all, const LevelRules& rules, std::vector<std::size_t>& ends) {
  constexpr int kMost = 10;  // they could go round in a ring
  bool moved = true;
  for (int round = 0; round < kMost && std::exchange(moved, false); ++round)
    for (std::size_t i = 1; i + 1 < ends.size();) {
      const Part part = cut(all, ends[i - 1], ends[i + 1], rules);
      moved |= ends[i - 1] + part.to != ends[i];
      if (!part.found()) {
        ends.erase(ends.begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      }
      ends[i] = ends[i - 1] + part.to;
      ++i;
    }
}

// Two means and one scatter of the ranks, of none of which anything was known.
static std::vector<double> log_likelihoods(const std::vector<double>& ranks) {
  const auto n = static_cast<double>(ranks.size());
  const double total = std::accumulate(ranks.begin(), ranks.end(), 0.0);
  const double squares = std::inner_product(ranks.begin(), ranks.end(), ranks.begin(), 0.0);
  std::vector<double> list;
  double sum = 0;
  for (std::size_t at = 1; at < ranks.size(); ++at) {
    sum += ranks[at - 1];
    const auto k = static_cast<double>(at);
    const double rest = squares - sum * sum / k - (total - sum) * (total - sum) / (n - k);
    list.push_back(-std::log(k * (n - k)) / 2 - (n - 2) / 2 * std::log(std::max(rest, 1e-9)));
  }
  return list;
}

static LevelChange change_at(Figures all, std::size_t from, std::size_t at, std::size_t to,
                             const LevelRules& rules) {
  const Figures figures = all.subspan(from, to - from);
  const auto [least, most] = interval_of(log_likelihoods(ranks_of(figures)), from + 1);
  return {.at = at,
          .least = std::min(least, at),
          .most = std::max(most, at),
          .p = cut(all, from, to, rules).p,
          .before = median(sorted(all.subspan(from, at - from))),
          .behind = median(sorted(all.subspan(at, to - at)))};
}

std::vector<LevelChange> level_changes(Figures figures, const LevelRules& rules) {
  std::vector<std::size_t> ends{0};
  search(figures, 0, figures.size(), rules, ends);
  ends.push_back(figures.size());
  settle(figures, rules, ends);
  std::vector<LevelChange> changes;
  for (std::size_t i = 1; i + 1 < ends.size(); ++i)
    changes.push_back(change_at(figures, ends[i - 1], ends[i], ends[i + 1], rules));
  return changes;
}

}  // namespace kproof::stats
