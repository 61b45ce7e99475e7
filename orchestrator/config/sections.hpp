// The sections of a plan, each into its part of the model. Whatever is wrong goes to `problems`.
#pragma once

#include <filesystem>

#include <fmt/format.h>

#include "config/plan.hpp"
#include "config/reader.hpp"
#include "model/plan.hpp"

namespace kproof::config {

inline constexpr unsigned kMaxRepetitions = 100000;  // of the plan, and of a case
// Of what a plan makes by combining values: more nobody means, and each is a line of `kproof plan`.
inline constexpr std::size_t kMostMade = 10000;

// Where the plan lies, for paths in it.
struct Location {
  std::filesystem::path directory, home;
  std::filesystem::path tree;  // git's, of which tags name kernels; "" for none
};

// A path of the plan ("~/linux", "../linux"), as it is without the plan.
std::filesystem::path resolve(const std::string& path, const Location& location);

// Reports a name that one of `list` has already: of another file, or made by a matrix.
template <class List>
void check_new(Problems& problems, const Value& value, const char* what, const List& list) {
  for (const auto& earlier : list)
    if (earlier.name == value.name)
      problems.add(
          value.key,
          fmt::format("{} `{}` is in the plan twice; first at {}", what, value.name, earlier.place),
          "give one of them another name");
}

// The keys of a kernel, and of a level of a topology.
const std::vector<std::string>& kernel_keys();
const std::vector<std::string>& level_keys();

// `source:` of a kernel or a suite: { package: linux-source-6.1 }.
model::SourceTree read_tree(Problems& problems, const Value& value, const Location& location);
void read_kernel(Problems& problems, const Value& value, const Location& location,
                 model::Plan& plan);
void read_kernels(Problems& problems, const MaybeValue& value, const Location& location,
                  model::Plan& plan);
// What a plan without topologies has: `l1` with the defaults of the model.
model::Topology default_topology(std::string place);
void read_topology(Problems& problems, const Value& value, const CpuModels& cpu_models,
                   model::Plan& plan);
// Without a value, none.
void read_topologies(Problems& problems, const MaybeValue& value, const CpuModels& cpu_models,
                     model::Plan& plan);
// The cells that an entry of a list is about: names or globs, of which each matches something, as
// far as the plan tells: where its cases are globs themselves, only plan/ can, and does. The plan's
// kernels, topologies and cases must be there already.
struct WhichCells {
  std::vector<std::string> kernel{"*"}, topology{"*"}, test{"*"};
};
WhichCells read_which_cells(Problems& problems, const Map& entry, const model::Plan& plan);
void read_suites(Problems& problems, const MaybeValue& value, const Location& location,
                 model::Plan& plan);
void read_cases(Problems& problems, const MaybeValue& list, model::Plan& plan);
void read_expectations(Problems& problems, const MaybeValue& list, model::Plan& plan);
void read_watched_metrics(Problems& problems, const MaybeValue& list, model::Plan& plan);
void read_bounds(Problems& problems, const MaybeValue& list, model::Plan& plan);

}  // namespace kproof::config
