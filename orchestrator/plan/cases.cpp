#include "plan/cases.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/names.hpp"

namespace kproof::plan {
using Cases = std::vector<model::PlanCase>;
using Names = std::vector<std::string>;

static std::string area(const std::string& name) {
  return name.substr(0, name.find('/') + 1);
}

// The cases of `name`'s area, or all when there is no such area.
static Names neighbours(const std::string& name, const Names& known) {
  Names near;
  std::copy_if(known.begin(), known.end(), std::back_inserter(near),
               [&](const std::string& other) { return area(other) == area(name); });
  return near.empty() ? known : near;
}

static void require_exists(const std::string& name, const std::string& place, const Names& known) {
  if (std::binary_search(known.begin(), known.end(), name)) return;
  throw ConfigError(fmt::format("{}: case `{}` does not exist", place, name),
                    util::suggest(name, neighbours(name, known), "cases"));
}

static const model::PlanCase* find_alias(const Cases& cases, const std::string& alias) {
  const auto it = std::find_if(cases.begin(), cases.end(),
                               [&](const model::PlanCase& other) { return other.alias == alias; });
  return it == cases.end() ? nullptr : &*it;
}

// Appends what the glob `entry` stands for; `named` are the entries of the plan that are no globs.
static void resolve_glob(const model::PlanCase& entry, const Cases& named, const Names& known,
                         Cases& out) {
  bool met = false;
  for (const auto& name : known) {
    if (!util::glob_match(entry.name, name)) continue;
    met = true;
    const auto* entered = find_alias(named, name);
    if (entered && entered->name == name) continue;
    if (const auto* other = entered ? entered : find_alias(out, name))
      throw ConfigError(fmt::format("{}: glob `{}` stands for {}, a name that {} has taken",
                                    entry.place, entry.name, name, other->place),
                        "make the globs disjoint, name the case itself, or choose another alias");
    model::PlanCase test = entry;
    test.name = test.alias = test.entry = name;
    out.push_back(std::move(test));
  }
  if (!met)
    throw ConfigError(fmt::format("{}: glob `{}` matches no case", entry.place, entry.name),
                      util::suggest(entry.name, neighbours(entry.name, known), "cases"));
}

Cases resolve_cases(const Cases& entries, Names known) {
  std::sort(known.begin(), known.end());
  Cases named, out;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(named),
               [](const model::PlanCase& entry) { return !util::is_glob(entry.name); });
  for (const auto& entry : entries) {
    if (entry.inside) require_exists(entry.inside->name, entry.inside->place, known);
    if (util::is_glob(entry.name)) {
      resolve_glob(entry, named, known, out);
      continue;
    }
    require_exists(entry.name, entry.place, known);
    out.push_back(entry);
    if (out.back().alias.empty()) out.back().alias = entry.name;
    if (out.back().entry.empty()) out.back().entry = out.back().alias;
  }
  return out;
}

}  // namespace kproof::plan
