#include "config/constraints.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include "util/names.hpp"

namespace kproof::config {
using model::MatrixRule;
using Names = std::vector<std::string>;
using Version = std::pair<unsigned, unsigned>;  // major, minor

// Values of some axes that share what a constraint names.
using Group = std::vector<MatrixRule::Term>;

static bool has_fragment(const AxisValue& value, const std::string& name) {
  return std::ranges::any_of(value.settings, [&](const Value& setting) {
    if (setting.name != "fragments" || !setting.node.IsSequence()) return false;
    return std::any_of(setting.node.begin(), setting.node.end(),
                       [&](const auto& item) { return item.IsScalar() && item.Scalar() == name; });
  });
}

static Group group_of(const std::vector<Axis>& axes, const std::string& name) {
  Group group;
  for (const Axis& axis : axes) {
    MatrixRule::Term term{axis.name, {}};
    for (const AxisValue& value : axis.values)
      if (value.name == name || axis.name + "=" + value.name == name || has_fragment(value, name))
        term.values.push_back(value.name);
    if (!term.values.empty()) group.push_back(std::move(term));
  }
  return group;
}

static Names names_in(const std::vector<Axis>& axes) {
  Names names;
  for (const Axis& axis : axes)
    for (const AxisValue& value : axis.values)
      names.push_back(value.name);
  return names;
}

static Group read_group(Problems& problems, const YAML::Mark& mark, const std::string& name,
                        const std::vector<Axis>& axes) {
  Group group = group_of(axes, name);
  if (group.empty())
    problems.add(mark, fmt::format("`{}` is no value of an axis, and no fragment of one", name),
                 util::suggest(name, names_in(axes), "values"));
  return group;
}

// What is not of the group, as one term for each of its axes.
static std::vector<MatrixRule::Term> others(const Group& group, const std::vector<Axis>& axes) {
  std::vector<MatrixRule::Term> terms;
  for (const auto& member : group) {
    MatrixRule::Term term{member.axis, {}};
    for (const AxisValue& value : std::ranges::find(axes, member.axis, &Axis::name)->values)
      if (std::ranges::find(member.values, value.name) == member.values.end())
        term.values.push_back(value.name);
    terms.push_back(std::move(term));
  }
  return terms;
}

static std::optional<Version> version_in(const std::string& text) {
  Version version;
  static const RE2 kVersion(R"((?:^|[^0-9.])([0-9]+)\.([0-9]+))");
  if (!RE2::PartialMatch(text, kVersion, &version.first, &version.second)) return std::nullopt;
  return version;
}

static bool names_a_kernel(const Value& setting) {
  return setting.name == "source" || setting.name == "revision" || setting.name == "package" ||
         setting.name == "path";
}

// Of the kernel that a setting names: "v6.6", "linux-source-6.1", "../linux-6.12.1.tar.xz".
static std::optional<Version> version_of(const Value& setting) {
  if (setting.node.IsScalar()) return version_in(setting.node.Scalar());
  for (const char* key : {"revision", "package", "tarball", "directory", "git"})
    if (const auto node = YAML::Node(setting.node)[key]; node && node.IsScalar())
      if (const auto version = version_in(node.Scalar())) return version;
  return std::nullopt;
}

// The values of the axis of versions for which `refused` holds; of its kernels' common one, all.
class Versions {
 public:
  Versions(const std::vector<Axis>& axes, const MaybeValue& kernel) {
    for (const Axis& axis : axes)
      for (const AxisValue& value : axis.values)
        for (const Value& setting : value.settings)
          if (names_a_kernel(setting)) {
            axis_ = axis.name;
            auto version = version_of(setting);
            known_.emplace_back(value.name, version ? version : version_in(value.name));
          }
    if (!axis_.empty() || !kernel || !kernel->node.IsMap()) return;
    for (const char* key : {"source", "package", "path"})
      if (const auto node = YAML::Node(kernel->node)[key])
        known_.emplace_back("", version_of({node, node.Mark(), key, node.Mark()}));
  }

  // A term, or nothing but true for a version that all have.
  void refuse(Problems& problems, const Value& constraint, auto refused, const Group& group,
              const std::string& words, std::vector<MatrixRule>& rules) const {
    if (known_.empty())
      problems.add(constraint.mark, "no axis of this matrix names a kernel with a version",
                   "the axes `source`, `revision`, `package` and `path` do");
    Names values;
    for (const auto& [name, version] : known_)
      if (!version)
        problems.add(
            constraint.mark,
            fmt::format("the version of `{}` is not known", name.empty() ? "kernel" : name),
            "give its value a name with the version: `v6.6-mine`");
      else if (refused(*version))
        values.push_back(name);
    if (values.empty()) return;
    for (const auto& member : group) {
      MatrixRule rule{.terms = {member}, .words = words, .place = problems.place(constraint.mark)};
      if (!axis_.empty()) rule.terms.push_back({axis_, values});
      rules.push_back(std::move(rule));
    }
  }

 private:
  std::string axis_;  // "": all kernels have one source
  std::vector<std::pair<std::string, std::optional<Version>>> known_;
};

static void read_not(Problems& problems, const Value& value, const std::string& name,
                     const Group& group, const std::vector<Axis>& axes,
                     std::vector<MatrixRule>& rules) {
  for (const std::string& other : text_or_texts(problems, value))
    for (const auto& refused : read_group(problems, value.mark, other, axes))
      for (const auto& member : group)
        if (member.axis != refused.axis)
          rules.push_back({.terms = {member, refused},
                           .words = fmt::format("{}: not {}", name, other),
                           .place = problems.place(value.mark)});
}

static void read_needs(Problems& problems, const Value& value, const std::string& name,
                       const Group& group, const std::vector<Axis>& axes,
                       std::vector<MatrixRule>& rules) {
  for (const std::string& other : text_or_texts(problems, value)) {
    const auto without = others(read_group(problems, value.mark, other, axes), axes);
    for (const auto& member : group) {
      if (std::ranges::find(without, member.axis, &MatrixRule::Term::axis) != without.end()) {
        problems.add(value.mark, fmt::format("`{}` and `{}` are values of one axis", name, other),
                     "a combination has one of them only");
        continue;
      }
      MatrixRule rule{.terms = {member},
                      .words = fmt::format("{}: needs {}", name, other),
                      .place = problems.place(value.mark)};
      rule.terms.insert(rule.terms.end(), without.begin(), without.end());
      rules.push_back(std::move(rule));
    }
  }
}

static void read_version(Problems& problems, const MaybeValue& value, const std::string& name,
                         const Group& group, const Versions& versions,
                         std::vector<MatrixRule>& rules) {
  const auto word = text(problems, value);
  if (!word) return;
  const auto limit = version_in(*word);
  if (!limit) {
    problems.add(value->mark, fmt::format("`{}` is no version of a kernel", *word),
                 "write v6.6, for example");
    return;
  }
  const bool since = value->name == "since";
  versions.refuse(
      problems, *value,
      [&](const Version& version) { return since ? version < *limit : version >= *limit; }, group,
      fmt::format("{}: {} {}", name, value->name, *word), rules);
}

std::vector<MatrixRule> read_constraints(Problems& problems, const MaybeValue& value,
                                         const std::vector<Axis>& axes, const MaybeValue& kernel) {
  std::vector<MatrixRule> rules;
  if (!value) return rules;
  const Versions versions(axes, kernel);
  const Map map(problems, *value, {});
  for (const Value& entry : map.entries()) {
    const Group group = read_group(problems, entry.key, entry.name, axes);
    const Map of(problems, entry, {"not", "needs", "since", "before"});
    if (const auto other = of.find("not"))
      read_not(problems, *other, entry.name, group, axes, rules);
    if (const auto other = of.find("needs"))
      read_needs(problems, *other, entry.name, group, axes, rules);
    for (const char* key : {"since", "before"})
      read_version(problems, of.find(key), entry.name, group, versions, rules);
  }
  return rules;
}

}  // namespace kproof::config
