// The combinations of a plan's matrix that are cells.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "matrix/cover.hpp"
#include "matrix/space.hpp"
#include "model/plan.hpp"

namespace kproof::plan {

// A kernel, a topology and a case; somebody else's.
struct Point {
  const model::KernelSpec* kernel = nullptr;
  const model::Topology* topology = nullptr;
  const model::PlanCase* test = nullptr;
  model::AxisValues axes = {};
};

// Is `filters` empty, or does one of its names or globs match?
bool keeps(const std::vector<std::string>& filters, const std::string& name);

// Pure. Keeps a reference to the plan.
class Combinations {
 public:
  // An axis with the names of its values; "-" is a parameter that some case does not have.
  struct Axis {
    std::string name;
    std::vector<std::string> values;
  };
  struct Removed {
    std::string what, place;
    std::size_t count = 0;  // of all combinations; those of several entries count for each
  };

  // `cases` without globs. ConfigError, with its place, for an entry of `include` that no
  // combination meets, and for a matrix of too many combinations.
  Combinations(const model::Plan& plan, std::vector<model::PlanCase> cases);

  // In the order of kernels, topologies and cases; of this object's cases.
  std::vector<Point> points() const;

  // The plan's own axes, and `kernel` and `topology` where no axis makes them; `case`; the
  // parameters.
  const std::vector<Axis>& axes() const { return axes_; }
  bool varies(std::size_t axis) const;  // it has several values that mean something
  std::size_t all() const;              // combinations that mean something
  std::size_t allowed() const;          // those that nothing excludes
  std::size_t chosen() const { return rows_.size(); }
  // Pairs of values that any allowed combination has, and that some cell has.
  matrix::Coverage pairs() const;
  std::vector<Removed> removed() const;  // by each entry of `exclude` and `constraints`

 private:
  void add_axes();
  void add_params();
  using Kind = bool model::MatrixAxis::*;
  void add_meaning();
  void add_rules_of_params(const std::string& entry);
  void add_rules_of_place(const model::PlanCase& test, const std::vector<std::string>& globs,
                          const std::vector<std::string>& made, const char* axis, Kind kind);
  std::vector<matrix::Rule::Term> makes(std::size_t index, Kind kind) const;
  std::vector<matrix::Row> includes() const;
  std::vector<matrix::Row> choose() const;
  std::size_t number(const std::string& axis) const;
  bool is_crossed(const std::string& axis) const;
  matrix::Rule rule(const model::MatrixRule& words) const;
  matrix::Rule::Term term(const std::string& axis, const std::vector<std::string>& globs) const;
  // The name of the kernel, or the topology, of a row: of `made`, or a value of the axis `axis`.
  const std::string& name_in(const matrix::Row& row, const std::vector<std::string>& made,
                             const char* axis, Kind kind) const;
  const model::PlanCase& test(const matrix::Row& row) const;
  model::AxisValues values(const matrix::Row& row) const;

  const model::Plan& plan_;
  std::vector<model::PlanCase> cases_;
  std::vector<Axis> axes_;
  matrix::Space space_;      // with what the plan excludes
  std::size_t meaning_ = 0;  // so many of its rules, in front, are no wish of the plan
  std::vector<matrix::Row> rows_;
};

}  // namespace kproof::plan
