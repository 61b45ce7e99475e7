#include <algorithm>

#include <fmt/format.h>

#include "config/breadth.hpp"
#include "config/sections.hpp"
#include "util/names.hpp"

namespace kproof::config {

using Names = std::vector<std::string>;

static Names names_of(const auto& list, auto member) {
  Names names;
  for (const auto& item : list)
    names.push_back(item.*member);
  return names;
}

static void read_globs(Problems& problems, const MaybeValue& value, const Names& names,
                       Names& out) {
  const Names globs = text_or_texts(problems, value);
  for (const std::string& glob : globs) {
    warn_of_glob(problems, *value, glob, names);
    const bool met = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      // A glob against a glob is left to plan/, which knows what the plan's globs stand for.
      return util::glob_match(glob, name) ||
             (util::is_glob(name) && (util::is_glob(glob) || util::glob_match(name, glob)));
    });
    if (!met)
      problems.add(value->mark, fmt::format("`{}` matches no {} of this plan", glob, value->name),
                   util::suggest(glob, names, value->name + "s"));
  }
  if (!globs.empty()) out = globs;
}

WhichCells read_which_cells(Problems& problems, const Map& entry, const model::Plan& plan) {
  WhichCells which;
  read_globs(problems, entry.find("kernel"), names_of(plan.kernels, &model::KernelSpec::name),
             which.kernel);
  read_globs(problems, entry.find("topology"), names_of(plan.topologies, &model::Topology::name),
             which.topology);
  read_globs(problems, entry.find("case"), names_of(plan.cases, &model::PlanCase::alias),
             which.test);
  return which;
}

}  // namespace kproof::config
