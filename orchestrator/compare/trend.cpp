#include "compare/trend.hpp"

#include <algorithm>
#include <cmath>

#include "stats/effect.hpp"
#include "stats/ranks.hpp"

namespace kproof::compare {

std::string_view to_string(Trend trend) {
  constexpr std::string_view kWords[] = {"", "less", "more", "too few", "other unit"};
  return kWords[static_cast<std::size_t>(trend)];
}

static bool can_be_claimed(const Samples& s, std::size_t comparisons) {
  return s.one_unit &&
         stats::least_p(s.before.size(), s.now.size()) * static_cast<double>(comparisons) <= kAlpha;
}

static Trend direction(const Samples& s) {
  const double before = stats::median(s.before), now = stats::median(s.now);
  const double greater = std::max(std::abs(before), std::abs(now));
  if (std::abs(now - before) < s.least_change * greater) return Trend::none;
  const double lead = stats::cliffs_delta(s.before, s.now);
  if (now < before && lead < 0) return Trend::less;
  return now > before && lead > 0 ? Trend::more : Trend::none;
}

std::vector<Trend> trends(const std::vector<Samples>& all) {
  std::vector<double> p;
  for (const Samples& s : all)
    p.push_back(s.one_unit ? stats::rank_test(s.before, s.now) : 1);
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
  std::size_t n = 1;
  while (stats::least_p(n, n) * static_cast<double>(comparisons) > kAlpha)
    ++n;
  return n;
}

}  // namespace kproof::compare
