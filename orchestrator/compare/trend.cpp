#include "compare/trend.hpp"

#include <algorithm>
#include <cmath>

#include "stats/ranks.hpp"

namespace kproof::compare {

static constexpr double kAlpha = 0.05;

std::string_view to_string(Trend trend) {
  constexpr std::string_view kWords[] = {"", "less", "more", "too few", "other unit"};
  return kWords[static_cast<std::size_t>(trend)];
}

static bool has_least(const Samples& s) {
  return s.one_unit && s.before.size() >= kLeastFigures && s.now.size() >= kLeastFigures;
}

static bool can_be_claimed(const Samples& s, std::size_t comparisons) {
  return has_least(s) &&
         stats::least_p(s.before.size(), s.now.size()) * static_cast<double>(comparisons) <= kAlpha;
}

// How many pairs have the greater figure on the side `now`, beyond half of them.
static double lean(const Samples& s) {
  double lean = 0;
  for (const double before : s.before)
    for (const double now : s.now)
      lean += now > before ? 1 : now < before ? -1 : 0;
  return lean;
}

static Trend direction(const Samples& s) {
  const double before = stats::median(s.before), now = stats::median(s.now);
  const double greater = std::max(std::abs(before), std::abs(now));
  if (std::abs(now - before) < kLeastChange * greater) return Trend::none;
  if (now < before && lean(s) < 0) return Trend::less;
  return now > before && lean(s) > 0 ? Trend::more : Trend::none;
}

std::vector<Trend> trends(const std::vector<Samples>& all) {
  std::vector<double> p;
  for (const Samples& s : all)
    p.push_back(has_least(s) ? stats::rank_test(s.before, s.now) : 1);
  p = stats::holm(p, all.size());
  std::vector<Trend> trends;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].one_unit)
      trends.push_back(Trend::other_unit);
    else if (p[i] <= kAlpha)
      trends.push_back(direction(all[i]));
    else
      trends.push_back(can_be_claimed(all[i], all.size()) ? Trend::none : Trend::too_few);
  }
  return trends;
}

std::size_t enough(std::size_t comparisons) {
  std::size_t n = kLeastFigures;
  while (stats::least_p(n, n) * static_cast<double>(comparisons) > kAlpha)
    ++n;
  return n;
}

}  // namespace kproof::compare
