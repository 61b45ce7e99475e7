#include "cli/plan_matrix.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plan/cases.hpp"
#include "plan/combinations.hpp"
#include "util/units.hpp"

namespace kproof::cli {

static std::string words(const model::Cover& cover) {
  using Kind = model::Cover::Kind;
  if (cover.kind == Kind::full) return "full";
  if (cover.kind == Kind::sample) return fmt::format("sample {} seed {}", cover.count, cover.seed);
  return cover.strength == 2 ? "pairwise" : fmt::format("{}-way", cover.strength);
}

static std::string crossed(const std::vector<std::string>& axes) {
  return axes.empty() ? "" : fmt::format(", with all of {}", fmt::join(axes, ", "));
}

static std::string axes_of(const plan::Combinations& matrix) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < matrix.axes().size(); ++i)
    if (matrix.varies(i)) width = std::max(width, matrix.axes()[i].name.size());
  std::string text = "axes\n";
  for (std::size_t i = 0; i < matrix.axes().size(); ++i)
    if (matrix.varies(i))
      text += fmt::format("  {:{}}  {}\n", matrix.axes()[i].name, width,
                          fmt::join(matrix.axes()[i].values, ", "));
  return text;
}

static std::string removals_of(const plan::Combinations& matrix) {
  const auto removed = matrix.removed();
  std::string text = removed.empty() ? "" : "excluded\n";
  for (const auto& one : removed)
    text += fmt::format("  {:>7}  {} ({})\n", one.count, one.what, one.place);
  return text;
}

std::string describe_matrix(const model::Plan& plan, const std::vector<std::string>& known) {
  if (plan.matrix.axes.empty()) return "";
  const auto cases = plan::resolve_cases(plan.cases, known);
  const plan::Combinations matrix(plan, cases);
  const matrix::Coverage pairs = matrix.pairs();
  return axes_of(matrix) + removals_of(matrix) +
         fmt::format("cover: {}{}: {} of {}{}, which have {} of {} pairs of values\n\n",
                     words(plan.matrix.cover), crossed(plan.matrix.cross),
                     util::format_count(matrix.chosen(), "combination"), matrix.allowed(),
                     matrix.all() > matrix.allowed()
                         ? fmt::format(" that are not excluded ({} in all)", matrix.all())
                         : "",
                     pairs.covered, pairs.valid);
}

}  // namespace kproof::cli
