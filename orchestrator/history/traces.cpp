#include "history/traces.hpp"

#include <algorithm>
#include <set>

#include "stats/ranks.hpp"
#include "util/names.hpp"

namespace kproof::history {

namespace {

// The median of one run, and what it is of.
struct Measured {
  Level level;
  std::string unit, setting;
};

}  // namespace

// None where the run has no figure of it. Of repetitions in several units the last one's counts.
static std::optional<Measured> level_of(const Moments& moments, std::size_t moment,
                                        const std::string& metric) {
  std::vector<double> values;
  Measured measured{.level = {.moment = moment}, .unit = {}, .setting = {}};
  for (const Observation* one : moments[moment])
    for (const Figure& figure : one->cell.figures) {
      if (figure.name != metric) continue;
      if (figure.unit != measured.unit) values.clear();
      values.push_back(figure.value);
      measured.unit = figure.unit;
      measured.setting = one->cell.setting;
    }
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  measured.level.median = stats::median(values);
  return measured;
}

static Trace trace_of(const Moments& moments, const std::string& metric, const Question& question,
                      std::size_t series) {
  Trace trace{.metric = metric};
  if (const auto found = question.least_changes.find(metric); found != question.least_changes.end())
    trace.least_change = found->second;
  std::vector<Measured> all;
  for (std::size_t i = 0; i < moments.size(); ++i)
    if (auto measured = level_of(moments, i, metric)) all.push_back(std::move(*measured));
  const Measured last = all.back();
  trace.unit = last.unit;
  trace.other_unit = std::erase_if(all, [&](const Measured& m) { return m.unit != last.unit; });
  trace.other_setting =
      std::erase_if(all, [&](const Measured& m) { return m.setting != last.setting; });
  trace.figures = all.size();
  std::vector<double> values;
  for (const Measured& one : all) {
    trace.levels.push_back(one.level);
    values.push_back(one.level.median);
  }
  trace.changes =
      stats::level_changes(values, {.least_change = trace.least_change, .series = series});
  std::vector<double> rest(
      values.begin() +
          static_cast<std::ptrdiff_t>(trace.changes.empty() ? 0 : trace.changes.back().at),
      values.end());
  std::ranges::sort(rest);
  trace.median = stats::median(rest);
  for (stats::LevelChange& change : trace.changes) {
    change.at = trace.levels[change.at].moment;
    change.least = trace.levels[change.least].moment;
    change.most = trace.levels[change.most].moment;
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
