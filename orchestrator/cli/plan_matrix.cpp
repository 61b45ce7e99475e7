#include "cli/plan_matrix.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

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

std::string matrix_as_text(const model::Matrix& plan, const plan::Combinations& matrix) {
  const matrix::Coverage pairs = matrix.pairs();
  return axes_of(matrix) + removals_of(matrix) +
         fmt::format("cover: {}{}: {} of {}{}, which have {} of {} pairs of values\n\n",
                     words(plan.cover), crossed(plan.cross),
                     util::format_count(matrix.chosen(), "combination"), matrix.allowed(),
                     matrix.all() > matrix.allowed()
                         ? fmt::format(" that are not excluded ({} in all)", matrix.all())
                         : "",
                     pairs.covered, pairs.valid);
}

nlohmann::ordered_json matrix_as_json(const model::Matrix& plan, const plan::Combinations& matrix) {
  using Json = nlohmann::ordered_json;
  Json axes = Json::array(), removed = Json::array();
  for (std::size_t i = 0; i < matrix.axes().size(); ++i)
    if (matrix.varies(i))
      axes.push_back({{"name", matrix.axes()[i].name}, {"values", matrix.axes()[i].values}});
  for (const auto& one : matrix.removed())
    removed.push_back({{"what", one.what}, {"place", one.place}, {"combinations", one.count}});
  const matrix::Coverage pairs = matrix.pairs();
  return {{"axes", std::move(axes)},
          {"cover", words(plan.cover)},
          {"cross", plan.cross},
          {"combinations",
           {{"all", matrix.all()}, {"allowed", matrix.allowed()}, {"chosen", matrix.chosen()}}},
          {"pairs", {{"valid", pairs.valid}, {"covered", pairs.covered}}},
          {"excluded", std::move(removed)}};
}

}  // namespace kproof::cli
