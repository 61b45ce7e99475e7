// A plan: kernels x topologies x cases x repetitions, with expectations.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/bound.hpp"
#include "model/kernel.hpp"
#include "model/known_issue.hpp"
#include "model/matrix.hpp"
#include "model/suite.hpp"
#include "model/topology.hpp"
#include "model/verdict.hpp"
#include "util/units.hpp"

namespace kproof::model {

// What the innermost guest runs while the case runs around it.
struct InsideCase {
  std::string name;
  std::vector<std::string> args;
  std::string place;
};

struct PlanCase {
  std::string name;   // "mm/thp_mprotect": a program under lib/kproof/cases, or of a suite
  std::string alias;  // its name in cell ids; the program's own when "" was given
  std::vector<std::string> args;
  // Of an entry with `params`, the values of this one: ("backing", "thp"), in `args` as --backing
  // thp, and the alias that the entry would have without them.
  std::vector<std::pair<std::string, std::string>> params;
  std::string entry;
  std::optional<util::Millis> timeout;  // instead of the case's own; scaled as that is
  std::optional<unsigned> repetitions;  // instead of the plan's
  std::optional<InsideCase> inside;     // instead of the one that the case declares
  // Names or globs: it runs on these kernels and in these topologies only; empty: in all.
  std::vector<std::string> kernels, topologies;
  std::string place;
};

// All limits are for KVM and are multiplied by the accelerator's scale (run/deadlines.hpp).
struct Limits {
  util::Millis boot{20000};         // from the start of QEMU to the agent's hello
  util::Millis silence{15000};      // without a heartbeat of the agent
  util::Millis poweroff{10000};     // from the agent's bye to the end of the guest
  std::size_t console = 64u << 20;  // bytes of console before the guest is stopped
};

// Unless the plan says otherwise: a change of less than 5 % is of no use, however sure.
inline constexpr double kLeastChange = 0.05;

// A metric that has a place in tables and comparisons.
struct WatchedMetric {
  std::string name;                    // or a glob
  double least_change = kLeastChange;  // of the greater of two medians
  bool operator==(const WatchedMetric&) const = default;
};

struct Plan {
  std::string name;
  std::filesystem::path file;
  std::vector<KernelSpec> kernels;
  std::vector<Topology> topologies;
  std::vector<Suite> suites;
  std::vector<PlanCase> cases;
  Matrix matrix;
  unsigned repetitions = 1;
  std::vector<Expectation> expectations;
  std::string known_issues_file;  // "" for none
  std::vector<KnownIssue> known_issues;
  Limits limits;
  std::vector<WatchedMetric> metrics;  // the first that matches counts
  std::vector<Bound> bounds;
  // What is not wrong, and hardly meant: "plan.yaml:3:5: ...", with the line, a caret and a hint.
  std::vector<std::string> warnings;
};

// One point of a plan. `id` is stable across runs and is also its directory below cells/:
// "debian-6.1/l1/mm/dax_1g_mprotect", with "@2" behind it for the second repetition.
struct Cell {
  std::string id;
  KernelSpec kernel;
  Topology topology;
  PlanCase test;
  AxisValues axes;  // of a plan with a matrix
  unsigned repetition = 1;
  Expectation expectation;  // what the plan says of this cell; "must pass" when it says nothing
  std::vector<KnownIssue> known_issues;  // of the plan
  std::vector<Bound> bounds;             // all entries that match
};

}  // namespace kproof::model
