#include <algorithm>

#include <fmt/format.h>

#include "config/breadth.hpp"
#include "config/sections.hpp"
#include "util/names.hpp"

namespace kproof::config {

// <area>/<name>; a glob may also cross the slash.
static bool is_case_name(std::string_view name) {
  const auto slash = name.find('/');
  return slash != std::string_view::npos && is_name(name.substr(0, slash)) &&
         is_name(name.substr(slash + 1));
}

static bool check_case(Problems& problems, const MaybeValue& value, std::string_view name) {
  if (util::is_glob(name) || is_case_name(name)) return true;
  problems.add(value->mark, fmt::format("`{}` is no name of a case", name),
               "write <area>/<name>, for example mm/thp_mprotect, or a glob such as mm/*");
  return false;
}

// What the innermost guest runs: a name, or a name with arguments.
static std::optional<model::InsideCase> read_inside(Problems& problems, const MaybeValue& value) {
  if (!value) return std::nullopt;
  model::InsideCase inside{.place = problems.place(value->mark)};
  MaybeValue name_value = value;
  if (!value->node.IsScalar()) {
    const Map map(problems, *value, {"case", "args"});
    inside.args = texts(problems, map.find("args"));
    name_value = map.require("case");
  }
  assign(inside.name, text(problems, name_value));
  if (!inside.name.empty() && !is_case_name(inside.name))
    problems.add(name_value->mark, fmt::format("`{}` is no name of a case", inside.name),
                 "write <area>/<name>, for example mm/thp_mprotect");
  return inside;
}

// Globs of which each must match one of `all`: the plan's kernels or topologies, read already.
static std::vector<std::string> read_only(Problems& problems, const MaybeValue& value,
                                          const auto& all, const std::string& what) {
  std::vector<std::string> names;
  for (const auto& one : all)
    names.push_back(one.name);
  const auto globs = texts(problems, value);
  for (const auto& glob : globs) {
    warn_of_glob(problems, *value, glob, names);
    if (std::none_of(names.begin(), names.end(),
                     [&](const auto& name) { return util::glob_match(glob, name); }))
      problems.add(value->mark, fmt::format("the plan has no {} `{}`", what, glob),
                   util::suggest(glob, names, what == "topology" ? "topologies" : "kernels"));
  }
  return globs;
}

// `params: { backing: [anon, thp], size: 16M }`, each with its values.
using Params = std::vector<std::pair<std::string, std::vector<std::string>>>;

static Params read_params_of_case(Problems& problems, const MaybeValue& value) {
  Params params;
  if (!value) return params;
  const Map map(problems, *value, {});
  std::size_t count = 1;
  for (const Value& entry : map.entries()) {
    params.emplace_back(entry.name, text_or_texts(problems, entry));
    for (const std::string& one : params.back().second)
      check_name(problems, entry.mark, one);
    count = std::min(count * params.back().second.size(), kMostMade + 1);
  }
  if (count <= kMostMade) return params;
  problems.add(value->key,
               fmt::format("these parameters have more than {} combinations", kMostMade),
               "make several entries of the case, with `as:`");
  return {};
}

// The entry once for each combination of its parameters, named from those that have several values:
// "kvm/stale-thp".
static std::vector<model::PlanCase> with_params(const model::PlanCase& entry,
                                                const Params& params) {
  std::vector<model::PlanCase> all{entry};
  for (const auto& [name, values] : params) {
    std::vector<model::PlanCase> more;
    for (const model::PlanCase& one : all)
      for (const std::string& value : values) {
        more.push_back(one);
        more.back().params.emplace_back(name, value);
        more.back().args.insert(more.back().args.end(), {"--" + name, value});
        if (values.size() > 1) more.back().alias += "-" + value;
      }
    all = std::move(more);
  }
  return all;
}

static std::vector<model::PlanCase> read_case_map(Problems& problems, const Value& value,
                                                  const model::Plan& plan) {
  const Map map(problems, value,
                {"case", "as", "args", "params", "timeout", "repetitions", "inside", "kernels",
                 "topologies"});
  const auto name_value = map.require("case");
  const auto name = text(problems, name_value);
  model::PlanCase test{.place = problems.place(value.mark)};
  test.args = texts(problems, map.find("args"));
  test.timeout = duration(problems, map.find("timeout"));
  test.repetitions = number(problems, map.find("repetitions"), 1, kMaxRepetitions);
  test.inside = read_inside(problems, map.find("inside"));
  test.kernels = read_only(problems, map.find("kernels"), plan.kernels, "kernel");
  test.topologies = read_only(problems, map.find("topologies"), plan.topologies, "topology");
  const auto alias_value = map.find("as");
  const auto alias = text(problems, alias_value);
  const auto params = map.find("params");
  if (!name || !check_case(problems, name_value, *name)) return {};
  test.name = *name;
  test.alias = test.entry = alias.value_or(*name);
  if (params && util::is_glob(*name))
    problems.add(params->key, "a glob cannot have parameters: its cases have different ones",
                 "name each case that has them");
  if (alias && util::is_glob(*name))
    problems.add(alias_value->mark, "a glob cannot have an alias: it names several cases");
  else if (alias && !is_case_name(*alias))
    problems.add(alias_value->mark, fmt::format("`{}` cannot be an alias", *alias),
                 "write <area>/<name>, for example mm/thp_small");
  return with_params(test, read_params_of_case(problems, params));
}

static std::vector<model::PlanCase> read_case(Problems& problems, const Value& value,
                                              const model::Plan& plan) {
  if (!value.node.IsScalar())
    return read_case_map(problems, {value.node, value.mark, "case entry", value.mark}, plan);
  const auto name = text(problems, value);
  if (!name || !check_case(problems, value, *name)) return {};
  return {{.name = *name, .alias = *name, .entry = *name, .place = problems.place(value.mark)}};
}

void read_cases(Problems& problems, const MaybeValue& list, model::Plan& plan) {
  for (const auto& value : items(problems, list))
    for (model::PlanCase& test : read_case(problems, value, plan)) {
      for (const auto& other : plan.cases)
        if (other.alias == test.alias)
          problems.add(
              value.mark,
              fmt::format("case `{}` is in the plan twice; first at {}", test.alias, other.place),
              "give one of them another name with `as:`");
      plan.cases.push_back(std::move(test));
    }
}

}  // namespace kproof::config
