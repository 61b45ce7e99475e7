#include "history/traces.hpp"

#include <algorithm>
#include <set>

#include "stats/ranks.hpp"
#include "util/names.hpp"

namespace kproof::history {

namespace {

// The median of one run, and where it comes from.
struct Level {
  std::size_t moment = 0;
  double value = 0;
  std::string unit, setting;
};

}  // namespace

// None where the run has no figure of it. Of repetitions in several units the last one's counts.
static std::optional<Level> level_of(const Moments& moments, std::size_t moment,
                                     const std::string& metric) {
  std::vector<double> values;
  Level level{.moment = moment};
  for (const Observation* one : moments[moment])
    for (const Figure& figure : one->cell.figures) {
      if (figure.name != metric) continue;
      if (figure.unit != level.unit) values.clear();
      values.push_back(figure.value);
      level.unit = figure.unit;
      level.setting = one->cell.setting;
    }
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  level.value = stats::median(values);
  return level;
}

static Trace trace_of(const Moments& moments, const std::string& metric, const Question& question,
                      std::size_t series) {
  Trace trace{.metric = metric};
  if (const auto found = question.least_changes.find(metric); found != question.least_changes.end())
    trace.least_change = found->second;
  std::vector<Level> levels;
  for (std::size_t i = 0; i < moments.size(); ++i)
    if (auto level = level_of(moments, i, metric)) levels.push_back(std::move(*level));
  const Level last = levels.back();
  trace.unit = last.unit;
  trace.other_unit = std::erase_if(levels, [&](const Level& l) { return l.unit != last.unit; });
  trace.other_setting =
      std::erase_if(levels, [&](const Level& l) { return l.setting != last.setting; });
  trace.figures = levels.size();
  std::vector<double> values;
  for (const Level& level : levels)
    values.push_back(level.value);
  trace.changes =
      stats::level_changes(values, {.least_change = trace.least_change, .series = series});
  std::vector<double> rest(
      values.begin() +
          static_cast<std::ptrdiff_t>(trace.changes.empty() ? 0 : trace.changes.back().at),
      values.end());
  std::ranges::sort(rest);
  trace.median = stats::median(rest);
  for (stats::LevelChange& change : trace.changes) {
    change.at = levels[change.at].moment;
    change.least = levels[change.least].moment;
    change.most = levels[change.most].moment;
  }
  return trace;
}

std::vector<Trace> traces_of(const Moments& moments, const Question& question) {
  std::set<std::string> metrics;
  for (const auto& cells : moments)
    for (const Observation* one : cells)
      for (const Figure& figure : one->cell.figures)
        if (question.metric.empty() || util::glob_match(question.metric, figure.name))
          metrics.insert(figure.name);
  std::vector<Trace> traces;
  for (const std::string& metric : metrics)
    traces.push_back(
        trace_of(moments, metric, question, std::max(question.series, metrics.size())));
  return traces;
}

}  // namespace kproof::history
