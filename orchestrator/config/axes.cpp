#include "config/axes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "config/sections.hpp"
#include "util/names.hpp"

namespace kproof::config {

static bool has(const std::vector<std::string>& keys, const std::string& key) {
  return std::ranges::find(keys, key) != keys.end();
}

bool Axis::sets_any(const std::vector<std::string>& keys) const {
  return std::ranges::any_of(values, [&](const AxisValue& value) {
    return std::ranges::any_of(value.settings,
                               [&](const Value& setting) { return has(keys, setting.name); });
  });
}

const std::vector<std::string>& kernel_axis_keys() {
  static const std::vector<std::string> kKeys = [] {
    std::vector<std::string> keys = kernel_keys();
    keys.emplace_back("revision");
    return keys;
  }();
  return kKeys;
}

static std::vector<std::string> all_keys() {
  std::vector<std::string> keys = kernel_axis_keys();
  keys.insert(keys.end(), level_keys().begin(), level_keys().end());
  return keys;
}

// `kasan: [kasan]` are fragments, `big: { memory: 4G }` are keys, `plain:` is nothing.
static std::vector<Value> read_settings(Problems& problems, Value value) {
  if (value.node.IsNull() || (value.node.IsSequence() && value.node.size() == 0)) return {};
  if (value.node.IsMap()) return Map(problems, value, all_keys()).entries();
  value.name = "fragments";
  if (value.node.IsSequence()) return {value};
  problems.add(value.mark, "a value is a list of fragments or keys of a kernel or a topology",
               "write `plain: []`, `kasan: [kasan]` or `big: { memory: 4G }`");
  return {};
}

// `mmu: [tdp, shadow]`
static std::vector<AxisValue> read_list(Problems& problems, const Value& axis) {
  std::vector<AxisValue> values;
  for (Value item : items(problems, axis)) {
    item.mark = item.node.Mark();
    if (item.node.IsScalar())
      values.push_back({item.node.Scalar(), item.mark, {item}});
    else
      problems.add(item.mark, fmt::format("this value of `{}` has no name", axis.name),
                   fmt::format("write `{}: {{ NAME: VALUE, ... }}`", axis.name));
  }
  return values;
}

static bool takes_list(const std::string& key) {
  static const std::vector<std::string> kLists{"patches", "fragments", "cmdline"};
  return has(kLists, key);
}

// `source: { old: {...}, new: {...} }`, `debug: { plain: [], kasan: [kasan] }`
static std::vector<AxisValue> read_named(Problems& problems, const Value& axis, bool is_key) {
  std::vector<AxisValue> values;
  const Map map(problems, axis, {});
  for (Value value : map.entries()) {
    const AxisValue named{value.name, value.key, {}};
    values.push_back(named);
    if (is_key && value.node.IsSequence() && !takes_list(axis.name)) {
      problems.add(
          axis.key,
          fmt::format("the axis `{}` is that key of a kernel or a topology, and no list of "
                      "fragments",
                      axis.name),
          "name it otherwise, if fragments are what you mean");
      return {};
    }
    if (is_key) {
      value.name = axis.name;
      values.back().settings = {value};
    } else {
      values.back().settings = read_settings(problems, value);
    }
  }
  return values;
}

// Only what is named as a key says with a word what it means.
static void refuse_list(Problems& problems, const Value& axis) {
  const std::string near = util::nearest(axis.name, all_keys());
  problems.add(
      axis.key, fmt::format("`{}` is no key of a kernel or a topology", axis.name),
      near.empty()
          ? fmt::format("say what its values are: `{}: {{ plain: [], kasan: [kasan] }}`", axis.name)
          : fmt::format("did you mean `{}`?", near));
}

static Axis read_axis(Problems& problems, const Value& value) {
  const bool is_key = has(all_keys(), value.name);
  Axis axis{value.name, value.key, {}};
  if (value.node.IsMap())
    axis.values = read_named(problems, value, is_key);
  else if (is_key)
    axis.values = read_list(problems, value);
  else
    refuse_list(problems, value);
  std::erase_if(axis.values,
                [&](const AxisValue& one) { return !check_name(problems, one.mark, one.name); });
  return axis;
}

// A key of two axes would have the value of whichever comes last.
static void check_disjoint(Problems& problems, const std::vector<Axis>& axes) {
  for (std::size_t i = 0; i < axes.size(); ++i)
    for (const std::string& key : all_keys()) {
      if (takes_list(key) || !axes[i].sets_any({key})) continue;
      const auto other = std::find_if(axes.begin(), axes.begin() + static_cast<std::ptrdiff_t>(i),
                                      [&](const Axis& axis) { return axis.sets_any({key}); });
      if (&*other != &axes[i])
        problems.add(
            axes[i].mark,
            fmt::format("`{}` is set by the axes `{}` and `{}`", key, other->name, axes[i].name),
            "each key has its value from one axis; make one axis of the two");
    }
}

std::vector<Axis> read_axes(Problems& problems, const MaybeValue& value) {
  std::vector<Axis> axes;
  if (!value) return axes;
  static const std::vector<std::string> kReserved{"case", "kernel", "topology"};
  const Map map(problems, *value, {});
  for (const Value& entry : map.entries()) {
    if (has(kReserved, entry.name)) {
      problems.add(entry.key, fmt::format("`{}` is no axis of its own", entry.name),
                   "cases, and kernels and topologies that no axis makes, are axes already");
      continue;
    }
    axes.push_back(read_axis(problems, entry));
    if (!axes.back().values.empty() && !axes.back().sets_any(all_keys()))
      problems.add(entry.key, fmt::format("the axis `{}` changes nothing", entry.name),
                   "give one of its values fragments, or keys of a kernel or a topology");
  }
  check_disjoint(problems, axes);
  return axes;
}

}  // namespace kproof::config
