// What the history keeps of a run. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compare/proven.hpp"
#include "model/plan.hpp"
#include "model/result.hpp"

namespace kproof::history {

// What booted, so far as it tells two kernels of one name apart.
struct Kernel {
  std::string name, label, release, origin;  // as a cell has them
  std::string source, patches;               // as the plan has them
  std::string config, compiler;              // its hash, and CONFIG_CC_VERSION_TEXT
  auto operator<=>(const Kernel&) const = default;
};

struct Figure {
  std::string name, unit;
  double value = 0;
  std::vector<double> samples;
};

struct Cell {
  std::string name;  // of all its repetitions: "debian-6.1/l1/mm/thp_mprotect"
  unsigned repetition = 1;
  unsigned attempt = 1;
  std::string started, inputs;
  std::string setting;  // what its figures depend on besides the kernel: two of one are comparable
  Kernel kernel;
  std::string verdict, reason;  // "pass"; "crash (test)", as compare::Proven has it
  compare::Says says = compare::Says::nothing;
  compare::Standing standing = compare::Standing::expected;
  bool to_its_end = false;
  std::vector<compare::Sign> signs;
  std::vector<std::string> seen;  // subtests that were ok or not ok
  std::vector<Figure> figures;
};

// The kind of a run that is a step of a bisection.
inline constexpr const char* kStep = "step";

struct Run {
  std::int64_t id = 0;  // 0: not kept yet
  std::string directory, plan, kind, kproof, started, ended;
  std::string file;  // of the plan; "" where that is not known
  bool interrupted = false;
  std::string host;  // its facts, JSON
  std::vector<Cell> cells;
  std::vector<model::WatchedMetric> metrics;
};

}  // namespace kproof::history
