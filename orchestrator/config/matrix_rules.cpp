#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/constraints.hpp"
#include "config/matrix.hpp"
#include "util/names.hpp"

namespace kproof::config {
using model::MatrixRule;
using Names = std::vector<std::string>;

// What a term may name: an axis and its values. A value that is a glob stands for what only plan/
// knows.
using Choices = std::vector<std::pair<std::string, Names>>;

static void add_choice(Choices& choices, const std::string& axis, const std::string& value) {
  auto found = std::ranges::find(choices, axis, &Choices::value_type::first);
  if (found == choices.end()) found = choices.insert(choices.end(), {axis, {}});
  if (std::ranges::find(found->second, value) == found->second.end())
    found->second.push_back(value);
}

static Choices choices_of(const model::Plan& plan) {
  Choices choices;
  for (const model::MatrixAxis& axis : plan.matrix.axes)
    choices.emplace_back(axis.name, axis.values);
  if (plan.matrix.kernels.empty())
    for (const auto& kernel : plan.kernels)
      add_choice(choices, "kernel", kernel.name);
  if (plan.matrix.topologies.empty())
    for (const auto& topology : plan.topologies)
      add_choice(choices, "topology", topology.name);
  for (const model::PlanCase& test : plan.cases) {
    add_choice(choices, "case", test.entry);
    for (const auto& [name, value] : test.params)
      add_choice(choices, name, value);
  }
  return choices;
}

static Names keys_of(const Choices& choices) {
  Names names;
  for (const auto& choice : choices)
    names.push_back(choice.first);
  return names;
}

static bool can_match(const std::string& glob, const Names& values) {
  return std::ranges::any_of(values, [&](const std::string& value) {
    return util::glob_match(glob, value) || util::is_glob(value);
  });
}

static MatrixRule::Term read_term(Problems& problems, const Value& value, const Choices& choices) {
  MatrixRule::Term term{value.name, text_or_texts(problems, value)};
  const auto choice = std::ranges::find(choices, value.name, &Choices::value_type::first);
  if (choice == choices.end()) return term;  // told as an unknown key
  for (const std::string& name : term.values)
    if (!can_match(name, choice->second))
      problems.add(value.mark, fmt::format("`{}` is no value of `{}`", name, value.name),
                   util::suggest(name, choice->second, "values"));
  return term;
}

static MatrixRule read_rule(Problems& problems, const Value& value, const Choices& choices) {
  MatrixRule rule{.terms = {}, .words = {}, .place = problems.place(value.node.Mark())};
  const Map map(problems, value, keys_of(choices));
  Names words;
  for (const Value& entry : map.entries()) {
    rule.terms.push_back(read_term(problems, entry, choices));
    words.push_back(fmt::format("{}: {}", entry.name, fmt::join(rule.terms.back().values, " or ")));
  }
  rule.words = fmt::format("{}", fmt::join(words, ", "));
  if (map.entries().empty() && value.node.IsMap() && !map.has_refused())
    problems.add(value.mark, "this would be all combinations", "name an axis and its value");
  return rule;
}

static std::vector<MatrixRule> read_rules(Problems& problems, const MaybeValue& list,
                                          std::string_view name, const Choices& choices) {
  std::vector<MatrixRule> rules;
  for (const Value& item : items(problems, list, name))
    rules.push_back(read_rule(problems, item, choices));
  return rules;
}

// An entry of `include` is one combination, as far as it says.
static void require_single(Problems& problems, const MaybeValue& list,
                           const std::vector<MatrixRule>& rules) {
  for (const MatrixRule& rule : rules)
    for (const auto& term : rule.terms)
      if (term.values.size() != 1 || util::is_glob(term.values.front()))
        problems.add(list->mark, fmt::format("`{}` of `include` must be one value", term.axis),
                     "write an entry for each");
}

static std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

// "full", "pairwise", "3-way" to "6-way", "sample 20 seed 1".
static std::optional<model::Cover> cover_in(const std::string& text) {
  using Kind = model::Cover::Kind;
  if (text == "full") return model::Cover{};
  if (text == "pairwise") return model::Cover{.kind = Kind::tuples};
  if (text.size() == 5 && text.ends_with("-way") && text[0] >= '2' && text[0] <= '6')
    return model::Cover{.kind = Kind::tuples, .strength = static_cast<std::size_t>(text[0] - '0')};
  constexpr std::string_view sample = "sample ", seed = " seed ";
  const auto at = text.find(seed);
  if (!text.starts_with(sample) || at == text.npos || at < sample.size()) return std::nullopt;
  const auto count = number_in(std::string_view(text).substr(sample.size(), at - sample.size()));
  const auto number = number_in(std::string_view(text).substr(at + seed.size()));
  if (!count || *count == 0 || !number || *number > UINT32_MAX) return std::nullopt;
  return model::Cover{
      .kind = Kind::sample, .count = *count, .seed = static_cast<std::uint32_t>(*number)};
}

static void read_cover(Problems& problems, const MaybeValue& value, model::Cover& cover) {
  const auto word = text(problems, value);
  if (!word) return;
  const auto read = cover_in(*word);
  if (read)
    cover = *read;
  else
    problems.add(value->mark, fmt::format("`{}` is no coverage", *word),
                 "write full, pairwise, 3-way (to 6-way), or sample 20 seed 1");
}

static void read_cross(Problems& problems, const MaybeValue& list, const Choices& choices,
                       Names& cross) {
  cross = texts(problems, list);
  const Names axes = keys_of(choices);
  for (const std::string& axis : cross)
    if (std::ranges::find(axes, axis) == axes.end())
      problems.add(list->mark, fmt::format("`{}` is no axis", axis),
                   util::suggest(axis, axes, "axes"));
}

// A parameter of the name of an axis would be meant by none of the two.
static void check_params(Problems& problems, const std::vector<Axis>& axes,
                         const model::Plan& plan) {
  for (const Axis& axis : axes)
    for (const model::PlanCase& test : plan.cases)
      for (const auto& param : test.params)
        if (param.first == axis.name)
          problems.add(
              axis.mark,
              fmt::format("`{}` is a parameter of {} and an axis", axis.name, test.entry),
              "give the axis another name, with named values: `ram: { thp: { backing: thp } }`");
}

void read_matrix_rules(Problems& problems, const MaybeValue& value, const std::vector<Axis>& axes,
                       model::Plan& plan) {
  if (!value) return;
  const Map map(problems, *value, {});
  check_params(problems, axes, plan);
  const Choices choices = choices_of(plan);
  read_cover(problems, map.find("cover"), plan.matrix.cover);
  read_cross(problems, map.find("cross"), choices, plan.matrix.cross);
  plan.matrix.exclude = read_rules(problems, map.find("exclude"), "exclude entry", choices);
  plan.matrix.include = read_rules(problems, map.find("include"), "include entry", choices);
  require_single(problems, map.find("include"), plan.matrix.include);
  for (MatrixRule& rule :
       read_constraints(problems, map.find("constraints"), axes, map.find("kernel")))
    plan.matrix.exclude.push_back(std::move(rule));
}

}  // namespace kproof::config
