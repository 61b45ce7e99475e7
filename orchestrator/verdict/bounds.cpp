#include "verdict/bounds.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace kproof::verdict {

static std::string with_unit(double figure, const std::string& unit) {
  return unit.empty() ? fmt::format("{:.6g}", figure) : fmt::format("{:.6g} {}", figure, unit);
}

// Without the figure, so that it is one name in all kernels and repetitions.
static std::string name_of(const model::Bound& bound, const std::string& unit) {
  if (!bound.most)
    return fmt::format("{} is at least {}", bound.metric, with_unit(*bound.least, unit));
  if (!bound.least)
    return fmt::format("{} is at most {}", bound.metric, with_unit(*bound.most, unit));
  return fmt::format("{} is {:.6g} to {}", bound.metric, *bound.least,
                     with_unit(*bound.most, unit));
}

static bool is_within(const model::Bound& bound, double figure) {
  return (!bound.least || figure >= *bound.least) && (!bound.most || figure <= *bound.most);
}

static std::string because(const model::Bound& bound) {
  return bound.reason.empty() ? bound.place : fmt::format("{}: {}", bound.place, bound.reason);
}

static model::Subtest judged(const model::Bound& bound, const model::Metric& metric) {
  using Result = model::Subtest::Result;
  return {.name = name_of(bound, metric.unit),
          .result = is_within(bound, metric.value) ? Result::ok : Result::not_ok,
          .diagnostic =
              fmt::format("it is {} ({})", with_unit(metric.value, metric.unit), because(bound)),
          .level = metric.level,
          .of_plan = true};
}

// Of what a case told, which is not what the bound is about.
static std::string lacking(const model::Bound& bound, std::span<model::CaseReport* const> reports) {
  std::vector<std::string> told;
  for (const model::CaseReport* report : reports)
    for (const model::Metric& metric : report->metrics) {
      if (metric.name == bound.metric)
        return fmt::format("it is in {}, and the bound in {}", metric.unit, bound.unit);
      told.push_back(metric.name);
    }
  if (told.empty()) return "the case told no metric";
  return fmt::format("the case told {}", fmt::join(told, ", "));
}

static void apply(const model::Bound& bound, std::span<model::CaseReport* const> reports) {
  bool told = false;
  for (model::CaseReport* report : reports)
    for (const model::Metric& metric : report->metrics) {
      if (metric.name != bound.metric || (!bound.unit.empty() && metric.unit != bound.unit))
        continue;
      report->subtests.push_back(judged(bound, metric));
      told = true;
    }
  if (!told && !reports.empty())
    reports[0]->evidence.push_back(
        {"metric " + bound.metric, false,
         fmt::format("{}; {}", lacking(bound, reports), because(bound))});
}

void apply_bounds(const std::vector<model::Bound>& bounds,
                  std::span<model::CaseReport* const> reports) {
  for (const model::Bound& bound : bounds)
    apply(bound, reports);
}

}  // namespace kproof::verdict
