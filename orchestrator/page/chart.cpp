#include "page/chart.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/text.hpp"
#include "stats/ranks.hpp"

namespace kproof::page {

static constexpr double kWidth = 360, kHeight = 34, kLeft = 6, kBase = 24, kDot = 3;

static std::string at(double x) {
  return fmt::format("{:.1f}", x);
}

static void add_line(const Element& svg, const char* css, double x1, double y1, double x2,
                     double y2) {
  svg.add("line", css).set("x1", at(x1)).set("y1", at(y1)).set("x2", at(x2)).set("y2", at(y2));
}

void add_dots(const Element& parent, std::vector<double> values, double least, double most,
              const std::string& label) {
  std::ranges::sort(values);
  const double span = most > least ? most - least : 1;
  const auto x_of = [&](double value) {
    return kLeft + (value - least) / span * (kWidth - 2 * kLeft);
  };
  const Element svg = parent.add("svg");
  svg.set("viewBox", fmt::format("0 0 {} {}", kWidth, kHeight)).set("width", at(kWidth));
  svg.set("role", "img").set("aria-label", label);
  add_line(svg, "axis", kLeft, kBase, kWidth - kLeft, kBase);
  for (const double value : values)
    svg.add("circle", "dot").set("cx", at(x_of(value))).set("cy", at(kBase - 8)).set("r", at(kDot));
  const double middle = x_of(stats::median(values));
  add_line(svg, "median", middle, kBase - 16, middle, kBase);
}

}  // namespace kproof::page
