// A plan, narrowed by filters, as the list of its cells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "model/shard.hpp"
#include "plan/combinations.hpp"

namespace kproof::plan {

// What the user asks for on the command line. A cell is kept when it matches one of each list; an
// empty list keeps all. Globs are fnmatch's; a name matches itself.
struct Filter {
  std::vector<std::string> kernels;
  std::vector<std::string> topologies;
  std::vector<std::string> cases;          // matched with the case's name in cell ids, its alias
  std::vector<std::string> ids;            // of cells, no globs
  std::optional<model::Shard> shard = {};  // of what all of the above leave
};

// The cells in the order kernel, topology, case, repetition, each as the plan lists them; a glob's
// cases in alphabetical order. `known` names every case that exists.
//
// - A case that the plan names is left out of the plan's globs; two globs must not overlap.
// - The last expectation that matches a cell's kernel, topology and case counts.
//
// ConfigError, before any filter is applied: a case that does not exist, a glob without a case, an
// expectation that matches no cell. And: a filter that matches nothing.
struct Expansion {
  std::vector<model::Cell> cells;
  std::optional<Combinations> matrix;  // of a plan that has one; refers to the plan
};
Expansion expand(const model::Plan& plan, const Filter& filter,
                 const std::vector<std::string>& known);

}  // namespace kproof::plan
