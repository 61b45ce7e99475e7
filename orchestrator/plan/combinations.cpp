#include "plan/combinations.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/names.hpp"

namespace kproof::plan {
using matrix::Row;
using Names = std::vector<std::string>;

// More cells nobody runs, and more combinations nobody waits for.
static constexpr std::size_t kMostCells = 100000, kMostCounted = 1000000;
static constexpr const char* kNone = "-";

bool keeps(const Names& filters, const std::string& name) {
  return filters.empty() || std::ranges::any_of(filters, [&](const std::string& filter) {
           return util::glob_match(filter, name);
         });
}

static std::size_t index_of(const Names& names, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

static void add_new(Names& names, const std::string& name) {
  if (index_of(names, name) == names.size()) names.push_back(name);
}

static Names names_of(const auto& list) {
  Names names;
  for (const auto& one : list)
    names.push_back(one.name);
  return names;
}

template <class One>
static std::map<std::string, const One*> by_name(const std::vector<One>& list) {
  std::map<std::string, const One*> map;
  for (const One& one : list)
    map.emplace(one.name, &one);
  return map;
}

static const std::string* value_of(const model::PlanCase& test, const std::string& param) {
  for (const auto& [name, value] : test.params)
    if (name == param) return &value;
  return nullptr;
}

Combinations::Combinations(const model::Plan& plan, std::vector<model::PlanCase> cases)
    : plan_(plan), cases_(std::move(cases)) {
  add_axes();
  for (const Axis& axis : axes_) {
    space_.sizes.push_back(axis.values.size());
    const std::size_t none = index_of(axis.values, kNone);
    space_.crossed.push_back(is_crossed(axis.name));
    space_.absent.push_back(none < axis.values.size() ? std::optional(none) : std::nullopt);
  }
  add_meaning();
  meaning_ = space_.rules.size();
  for (const model::MatrixRule& entry : plan.matrix.exclude)
    space_.rules.push_back(rule(entry));
  rows_ = matrix::cross(space_, choose());
}

// A case is crossed with its parameters: with those of another it means nothing.
bool Combinations::is_crossed(const std::string& axis) const {
  const auto named = [&](const std::string& one) {
    return index_of(plan_.matrix.cross, one) < plan_.matrix.cross.size();
  };
  return named(axis) || (number(axis) > number("case") && named("case"));
}

void Combinations::add_axes() {
  for (const model::MatrixAxis& axis : plan_.matrix.axes)
    axes_.push_back({axis.name, axis.values});
  if (plan_.matrix.kernels.empty()) axes_.push_back({"kernel", names_of(plan_.kernels)});
  if (plan_.matrix.topologies.empty()) axes_.push_back({"topology", names_of(plan_.topologies)});
  Axis entries{"case", {}};
  for (const model::PlanCase& test : cases_)
    add_new(entries.values, test.entry);
  axes_.push_back(std::move(entries));
  add_params();
}

void Combinations::add_params() {
  Names params;
  for (const model::PlanCase& test : cases_)
    for (const auto& param : test.params)
      add_new(params, param.first);
  for (const std::string& param : params) {
    Axis axis{param, {}};
    bool everywhere = true;
    for (const model::PlanCase& test : cases_)
      if (const std::string* value = value_of(test, param))
        add_new(axis.values, *value);
      else
        everywhere = false;
    if (!everywhere) axis.values.push_back(kNone);
    axes_.push_back(std::move(axis));
  }
}

std::size_t Combinations::number(const std::string& axis) const {
  return static_cast<std::size_t>(std::ranges::find(axes_, axis, &Axis::name) - axes_.begin());
}

matrix::Rule::Term Combinations::term(const std::string& axis, const Names& globs) const {
  const std::size_t index = number(axis);
  matrix::Rule::Term term{index, {}};
  for (const std::string& value : axes_[index].values)
    term.values.push_back(value != kNone && !globs.empty() && keeps(globs, value));
  return term;
}

matrix::Rule Combinations::rule(const model::MatrixRule& words) const {
  matrix::Rule rule;
  for (const auto& one : words.terms)
    rule.terms.push_back(term(one.axis, one.values));
  return rule;
}

// A case has its own parameters and no others.
void Combinations::add_rules_of_params(const std::string& entry) {
  for (std::size_t axis = number("case") + 1; axis < axes_.size(); ++axis) {
    matrix::Rule::Term not_its{axis, std::vector<bool>(axes_[axis].values.size(), true)};
    for (const model::PlanCase& test : cases_) {
      if (test.entry != entry) continue;
      const std::string* value = value_of(test, axes_[axis].name);
      not_its.values[index_of(axes_[axis].values, value ? *value : kNone)] = false;
    }
    space_.rules.push_back({{term("case", {entry}), not_its}});
  }
}

// What makes a combination have the `index`-th kernel, or topology, that the matrix makes.
std::vector<matrix::Rule::Term> Combinations::makes(std::size_t index, Kind kind) const {
  std::vector<matrix::Rule::Term> terms;
  for (std::size_t i = plan_.matrix.axes.size(); i-- > 0;) {
    if (!(plan_.matrix.axes[i].*kind)) continue;
    terms.push_back(term(axes_[i].name, {axes_[i].values[index % space_.sizes[i]]}));
    index /= space_.sizes[i];
  }
  return terms;
}

// A case runs on the kernels, and in the topologies, that match its names or globs.
void Combinations::add_rules_of_place(const model::PlanCase& test, const Names& globs,
                                      const Names& made, const char* axis, Kind kind) {
  const std::size_t own = number(axis);
  const Names& names = made.empty() ? axes_[own].values : made;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (keeps(globs, names[i])) continue;
    matrix::Rule rule{made.empty() ? std::vector{term(axis, {names[i]})} : makes(i, kind)};
    rule.terms.push_back(term("case", {test.entry}));
    space_.rules.push_back(std::move(rule));
  }
}

void Combinations::add_meaning() {
  std::set<std::string> done;
  for (const model::PlanCase& test : cases_) {
    if (!done.insert(test.entry).second) continue;
    add_rules_of_params(test.entry);
    add_rules_of_place(test, test.kernels, plan_.matrix.kernels, "kernel",
                       &model::MatrixAxis::of_kernel);
    add_rules_of_place(test, test.topologies, plan_.matrix.topologies, "topology",
                       &model::MatrixAxis::of_topology);
  }
}

const std::string& Combinations::name_in(const Row& row, const Names& made, const char* axis,
                                         Kind kind) const {
  if (made.empty()) return axes_[number(axis)].values[row[number(axis)]];
  std::size_t index = 0;
  for (std::size_t i = 0; i < plan_.matrix.axes.size(); ++i)
    if (plan_.matrix.axes[i].*kind) index = index * space_.sizes[i] + row[i];
  return made[index];
}

const model::PlanCase& Combinations::test(const Row& row) const {
  const std::size_t entries = number("case");
  return *std::ranges::find_if(cases_, [&](const model::PlanCase& test) {
    if (test.entry != axes_[entries].values[row[entries]]) return false;
    return std::ranges::all_of(test.params, [&](const auto& param) {
      const std::size_t axis = number(param.first);
      return axes_[axis].values[row[axis]] == param.second;
    });
  });
}

bool Combinations::varies(std::size_t axis) const {
  return axes_[axis].values.size() > (space_.absent[axis] ? 2 : 1);
}

model::AxisValues Combinations::values(const Row& row) const {
  model::AxisValues values;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis)
    if (varies(axis) && !space_.is_absent(axis, row[axis]))
      values.emplace_back(axes_[axis].name, axes_[axis].values[row[axis]]);
  return values;
}

std::vector<Row> Combinations::includes() const {
  std::vector<Row> rows;
  for (const model::MatrixRule& entry : plan_.matrix.include) {
    Row row(space_.width(), matrix::kOpen);
    for (const auto& one : entry.terms) {
      const std::size_t axis = number(one.axis);
      row[axis] = index_of(axes_[axis].values, one.values.front());
    }
    const auto whole = matrix::complete(space_, row);
    if (!whole)
      throw ConfigError(fmt::format("{}: no combination has {}", entry.place, entry.words),
                        "`exclude`, `constraints` and what the cases name forbid all of them");
    if (std::ranges::find(rows, *whole) == rows.end()) rows.push_back(*whole);
  }
  return rows;
}

std::vector<Row> Combinations::choose() const {
  using Cover = model::Cover::Kind;
  const model::Cover& cover = plan_.matrix.cover;
  std::vector<Row> always = includes();
  if (cover.kind == Cover::tuples) {
    if (matrix::work(space_, cover.strength) > kMostCounted)
      throw ConfigError(fmt::format("{}: the matrix has more than {} combinations of {} values",
                                    plan_.file.string(), kMostCounted, cover.strength),
                        "write `cover: pairwise`, or take values away");
    return matrix::covering(space_, cover.strength, always);
  }
  const bool full = cover.kind == Cover::full;
  auto rows = matrix::all_rows(space_, full ? kMostCells : kMostCounted);
  if (!rows)
    throw ConfigError(fmt::format("{}: the matrix has more than {} combinations",
                                  plan_.file.string(), full ? kMostCells : kMostCounted),
                      "write `cover: pairwise`");
  if (full) return *rows;
  std::erase_if(*rows,
                [&](const Row& row) { return std::ranges::find(always, row) != always.end(); });
  const std::size_t count = cover.count - std::min(cover.count, always.size());
  for (Row& row : matrix::sample(std::move(*rows), count, cover.seed))
    always.push_back(std::move(row));
  return always;
}

std::vector<Point> Combinations::points() const {
  const auto kernels = by_name(plan_.kernels);
  const auto topologies = by_name(plan_.topologies);
  const model::Matrix& matrix = plan_.matrix;
  std::vector<Point> points;
  for (const Row& row : rows_)
    points.push_back(
        {kernels.at(name_in(row, matrix.kernels, "kernel", &model::MatrixAxis::of_kernel)),
         topologies.at(
             name_in(row, matrix.topologies, "topology", &model::MatrixAxis::of_topology)),
         &test(row), values(row)});
  std::ranges::sort(points, {}, [](const Point& point) {
    return std::tuple(point.kernel, point.topology, point.test);
  });
  return points;
}

matrix::Coverage Combinations::pairs() const {
  matrix::Space space = space_;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis)
    space.crossed[axis] = !varies(axis);
  return matrix::coverage(space, 2, rows_);
}

static matrix::Space with_rules(matrix::Space space, std::size_t count) {
  space.rules.resize(count);
  return space;
}

std::size_t Combinations::all() const {
  return matrix::count_rows(with_rules(space_, meaning_), kMostCounted);
}

std::size_t Combinations::allowed() const {
  return matrix::count_rows(space_, kMostCounted);
}

std::vector<Combinations::Removed> Combinations::removed() const {
  std::vector<Removed> removed;
  const matrix::Space plain = with_rules(space_, meaning_);
  const std::size_t all = matrix::count_rows(plain, kMostCounted);
  for (std::size_t i = 0; i < plan_.matrix.exclude.size(); ++i) {
    matrix::Space one = plain;
    one.rules.push_back(space_.rules[meaning_ + i]);
    const model::MatrixRule& entry = plan_.matrix.exclude[i];
    removed.push_back({entry.words, entry.place, all - matrix::count_rows(one, kMostCounted)});
  }
  return removed;
}

}  // namespace kproof::plan
