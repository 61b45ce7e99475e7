#include "config/matrix.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/sections.hpp"
#include "config/settings.hpp"

namespace kproof::config {

// The settings that all have, and then those of one value of each axis.
struct Combination {
  std::vector<const AxisValue*> values;
  std::vector<std::string> names, words;  // of axes with several values: "kasan", "debug=kasan"
};

// The axes that have any of `keys`, in their order.
static std::vector<const Axis*> axes_of(const std::vector<Axis>& axes,
                                        const std::vector<std::string>& keys) {
  std::vector<const Axis*> some;
  for (const Axis& axis : axes)
    if (axis.sets_any(keys)) some.push_back(&axis);
  return some;
}

// "kasan"; "vcpus2", as a number alone says nothing.
static std::string name_of(const Axis& axis, const AxisValue& value) {
  const bool is_number = value.name.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? axis.name + value.name : value.name;
}

static void for_each_combination(const std::vector<const Axis*>& axes, Combination& chosen,
                                 auto&& call) {
  const std::size_t next = chosen.values.size();
  if (next == axes.size()) return call(chosen);
  for (const AxisValue& value : axes[next]->values) {
    Combination more = chosen;
    more.values.push_back(&value);
    if (axes[next]->values.size() > 1) {
      more.names.push_back(name_of(*axes[next], value));
      more.words.push_back(fmt::format("{}={}", axes[next]->name, value.name));
    }
    for_each_combination(axes, more, call);
  }
}

// What the matrix makes of one kind, kernels or topologies. Calls `read` with each, as a mapping of
// the plan, and gives their names.
static std::vector<std::string> make(Problems& problems, const std::vector<const Axis*>& axes,
                                     const std::vector<std::string>& keys, const Value& matrix,
                                     const MaybeValue& common, auto&& read) {
  std::vector<std::string> names;
  std::size_t count = 1;
  for (const Axis* axis : axes)
    count = std::min(count * axis->values.size(), kMostMade + 1);
  if (count > kMostMade)
    problems.add(matrix.key, fmt::format("the axes make more than {} {}", kMostMade, matrix.name),
                 "take values away, or divide the plan");
  if (axes.empty() || count > kMostMade) return names;
  const std::vector<Value> all_have =
      common ? Map(problems, *common, {}).entries() : std::vector<Value>{};
  Combination none;
  for_each_combination(axes, none, [&](const Combination& one) {
    Settings settings;
    for (const Value& setting : all_have)
      settings.add(setting);
    for (const AxisValue* value : one.values)
      for (const Value& setting : value->settings)
        if (std::ranges::find(keys, setting.name) != keys.end()) settings.add(setting);
    const std::string name =
        one.names.empty() ? one.values.front()->name : fmt::format("{}", fmt::join(one.names, "-"));
    names.push_back(name);
    read(Value{settings.mapping(), matrix.key, name, matrix.key},
         fmt::format("{}", fmt::join(one.words, ", ")));
  });
  return names;
}

// `kernel:` of a matrix whose axes make none says nothing.
static void require_axes(Problems& problems, const MaybeValue& common,
                         const std::vector<const Axis*>& axes, const char* section) {
  if (common && axes.empty())
    problems.add(common->key, fmt::format("no axis makes a {}", common->name),
                 fmt::format("write it in `{}:`; each of these is a value of the axis `{}`",
                             section, common->name));
}

static void make_kernels(Problems& problems, const Value& matrix, const MaybeValue& common,
                         const std::vector<Axis>& axes, const Location& location,
                         model::Plan& plan) {
  const auto of_kernels = axes_of(axes, kernel_axis_keys());
  require_axes(problems, common, of_kernels, "kernels");
  plan.matrix.kernels =
      make(problems, of_kernels, kernel_axis_keys(), {{}, matrix.mark, "kernels", matrix.key},
           common, [&](const Value& value, const std::string& words) {
             const std::size_t before = plan.kernels.size();
             read_kernel(problems, value, location, plan);
             if (plan.kernels.size() > before && !words.empty()) plan.kernels.back().label = words;
           });
}

static void make_topologies(Problems& problems, const Value& matrix, const MaybeValue& common,
                            const std::vector<Axis>& axes, const CpuModels& cpu_models,
                            model::Plan& plan) {
  const auto of_topologies = axes_of(axes, level_keys());
  require_axes(problems, common, of_topologies, "topologies");
  plan.matrix.topologies =
      make(problems, of_topologies, level_keys(), {{}, matrix.mark, "topologies", matrix.key},
           common, [&](const Value& value, const std::string&) {
             read_topology(problems, value, cpu_models, plan);
           });
}

static model::MatrixAxis named(const Axis& axis) {
  model::MatrixAxis named{.name = axis.name,
                          .values = {},
                          .of_kernel = axis.sets_any(kernel_axis_keys()),
                          .of_topology = axis.sets_any(level_keys())};
  for (const AxisValue& value : axis.values)
    named.values.push_back(value.name);
  return named;
}

std::vector<Axis> read_matrix(Problems& problems, const MaybeValue& value, const Location& location,
                              const CpuModels& cpu_models, model::Plan& plan) {
  if (!value) return {};
  const Map map(
      problems, *value,
      {"kernel", "topology", "axes", "cover", "cross", "exclude", "include", "constraints"});
  std::vector<Axis> axes = read_axes(problems, map.require("axes"));
  for (const Axis& axis : axes)
    plan.matrix.axes.push_back(named(axis));
  make_kernels(problems, *value, map.find("kernel"), axes, location, plan);
  make_topologies(problems, *value, map.find("topology"), axes, cpu_models, plan);
  return axes;
}

}  // namespace kproof::config
