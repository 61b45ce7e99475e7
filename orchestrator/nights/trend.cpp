#include "nights/trend.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "history/text.hpp"
#include "nights/overview.hpp"
#include "report/text.hpp"

namespace kproof::nights {
using page::Element;
using report::number;

namespace {

constexpr double kWidth = 640, kHeight = 120, kLeft = 8, kTop = 20, kBottom = 96;

// Where a run and a figure lie. One place for each figure, so that a pause takes no room.
class Scale {
 public:
  explicit Scale(const std::vector<history::Level>& levels) : levels_(levels) {
    const auto [least, most] = std::ranges::minmax(levels, {}, &history::Level::median);
    least_ = least.median;
    span_ = most.median > least_ ? most.median - least_ : 1;
  }
  // Of the first figure at that moment or behind it.
  double x_of(std::size_t moment) const {
    const auto at = std::ranges::lower_bound(levels_, moment, {}, &history::Level::moment);
    return x_at(static_cast<double>(at - levels_.begin()));
  }
  // Between a figure and the one in front of it.
  double before(std::size_t moment) const { return x_of(moment) - step() / 2; }
  double end() const { return x_at(static_cast<double>(levels_.size() - 1)); }
  double y_of(double value) const {
    return kBottom - std::clamp((value - least_) / span_, 0.0, 1.0) * (kBottom - kTop);
  }

 private:
  double step() const { return (kWidth - 2 * kLeft) / static_cast<double>(levels_.size() - 1); }
  double x_at(double place) const { return kLeft + std::max(place, 0.0) * step(); }

  const std::vector<history::Level>& levels_;
  double least_ = 0, span_ = 1;
};

}  // namespace

static std::string at(double x) {
  return fmt::format("{:.1f}", x);
}

static void add_line(const Element& svg, const char* css, double x1, double y1, double x2,
                     double y2) {
  svg.add("line", css).set("x1", at(x1)).set("y1", at(y1)).set("x2", at(x2)).set("y2", at(y2));
}

static void add_word(const Element& svg, double x, double y, const char* anchor,
                     const std::string& word) {
  svg.add("text", "", word).set("x", at(x)).set("y", at(y)).set("text-anchor", anchor);
}

// A median between two cuts.
static void add_level(const Element& svg, const Scale& scale, double median, double from,
                      double to) {
  add_line(svg, "level", from, scale.y_of(median), to, scale.y_of(median));
}

static void add_changes(const Element& svg, const Scale& scale, const history::Trace& trace,
                        std::size_t first) {
  double from = kLeft;
  double now = trace.median;
  for (const stats::LevelChange& change : trace.changes) {
    if (change.at <= first) continue;
    const double left = std::max(scale.before(std::max(change.least, first)), kLeft);
    svg.add("rect", "range")
        .set("x", at(left))
        .set("y", at(kTop))
        .set("width", at(std::max(scale.before(change.most) - left, 1.0)))
        .set("height", at(kBottom - kTop));
    add_line(svg, "change", scale.before(change.at), kTop, scale.before(change.at), kBottom);
    add_level(svg, scale, change.before, from, scale.before(change.at));
    from = scale.before(change.at);
    now = change.behind;
  }
  add_level(svg, scale, now, from, scale.end());
}

static std::string in_words(const history::CellHistory& past, const history::Trace& trace) {
  std::string words = fmt::format("{} of {}", trace.metric, past.cell);
  if (trace.changes.empty()) return words + ": no change";
  const stats::LevelChange& last = trace.changes.back();
  return fmt::format("{}: {} since the night of {}", words, history::step(last),
                     night_of(past.moments[last.at].started));
}

void add_trend(const Element& parent, const history::CellHistory& past, const history::Trace& trace,
               const std::string& first) {
  std::vector<history::Level> levels = trace.levels;
  std::erase_if(levels, [&](const history::Level& level) {
    return night_of(past.moments[level.moment].started) < first;
  });
  if (levels.size() < 2) return;
  parent.add("h3", "",
             fmt::format("{}{}: {}", trace.metric,
                         trace.unit.empty() ? "" : fmt::format(" ({})", trace.unit), past.cell));
  const Scale scale(levels);
  const Element svg = parent.add("svg");
  svg.set("viewBox", fmt::format("0 0 {} {}", kWidth, kHeight)).set("width", at(kWidth));
  svg.set("role", "img").set("aria-label", in_words(past, trace));
  add_changes(svg, scale, trace, levels.front().moment);
  std::string points;
  for (const history::Level& level : levels)
    points += fmt::format("{:.1f},{:.1f} ", scale.x_of(level.moment), scale.y_of(level.median));
  svg.add("polyline", "way").set("points", points);
  add_line(svg, "axis", kLeft, kBottom, kWidth - kLeft, kBottom);
  const auto [least, most] = std::ranges::minmax(levels, {}, &history::Level::median);
  const auto night = [&](const history::Level& level) {
    return night_of(past.moments[level.moment].started);
  };
  add_word(svg, kLeft, kTop - 8, "start",
           fmt::format("{} to {} {}", number(least.median), number(most.median), trace.unit));
  add_word(svg, kLeft, kHeight - 8, "start", night(levels.front()));
  add_word(svg, kWidth - kLeft, kHeight - 8, "end", night(levels.back()));
}

}  // namespace kproof::nights
