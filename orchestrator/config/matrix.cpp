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

// The axes of one kind, kernels or topologies, together. `kernel:` of a matrix whose axes make none
// says nothing.
static std::vector<const Axis*> axes_of(Problems& problems, const std::vector<Axis>& axes,
                                        const std::vector<std::string>& keys, const Value& kind,
                                        const MaybeValue& common) {
  std::vector<const Axis*> some;
  std::size_t count = 1;
  for (const Axis& axis : axes) {
    if (!axis.sets_any(keys)) continue;
    some.push_back(&axis);
    count = std::min(count * axis.values.size(), kMostMade + 1);
  }
  if (common && some.empty())
    problems.add(common->key, fmt::format("no axis makes a {}", common->name),
                 fmt::format("write it in `{}:`; each of these is a value of the axis `{}`",
                             kind.name, common->name));
  if (count <= kMostMade) return some;
  problems.add(kind.key, fmt::format("the axes make more than {} {}", kMostMade, kind.name),
               "take values away, or divide the plan");
  return {};
}

// Calls `read` with each kernel, or topology, as a mapping of the plan and with the words of its
// values, and gives their names. `kind`: the matrix, called "kernels" or "topologies".
static std::vector<std::string> make(Problems& problems, const std::vector<Axis>& axes,
                                     const std::vector<std::string>& keys, const Value& kind,
                                     const MaybeValue& common, auto&& read) {
  std::vector<std::string> names;
  const auto some = axes_of(problems, axes, keys, kind, common);
  if (some.empty()) return names;
  const std::vector<Value> all_have =
      common ? Map(problems, *common, {}).entries() : std::vector<Value>{};
  Combination none;
  for_each_combination(some, none, [&](const Combination& one) {
    Settings settings;
    for (const Value& setting : all_have)
      settings.add(setting);
    for (const AxisValue* value : one.values)
      for (const Value& setting : value->settings)
        if (std::ranges::find(keys, setting.name) != keys.end()) settings.add(setting);
    names.push_back(one.names.empty() ? one.values.front()->name
                                      : fmt::format("{}", fmt::join(one.names, "-")));
    read(Value{settings.mapping(), kind.key, names.back(), kind.key},
         fmt::format("{}", fmt::join(one.words, ", ")));
  });
  return names;
}

static void make_kernel(Problems& problems, const Value& value, const std::string& words,
                        const Location& location, model::Plan& plan) {
  const std::size_t before = plan.kernels.size();
  read_kernel(problems, value, location, plan);
  if (plan.kernels.size() > before && !words.empty()) plan.kernels.back().label = words;
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
  const auto kind = [&](const char* name) { return Value{{}, value->mark, name, value->key}; };
  plan.matrix.kernels =
      make(problems, axes, kernel_axis_keys(), kind("kernels"), map.find("kernel"),
           [&](const Value& kernel, const std::string& words) {
             make_kernel(problems, kernel, words, location, plan);
           });
  plan.matrix.topologies =
      make(problems, axes, level_keys(), kind("topologies"), map.find("topology"),
           [&](const Value& topology, const std::string&) {
             read_topology(problems, topology, cpu_models, plan);
           });
  return axes;
}

}  // namespace kproof::config
