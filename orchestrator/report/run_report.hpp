// All that the reports of one run are made of.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "model/result.hpp"
#include "model/shard.hpp"
#include "series/matrix.hpp"

namespace kproof::report {

// What the user narrowed the plan to: names or globs, and ids of cells; empty for all.
struct Filters {
  std::vector<std::string> kernels, topologies, cases, ids = {};
};

// One of the run directories that a report was joined from (merge/join.hpp).
struct Part {
  std::string directory;  // as the user named it
  std::optional<model::Shard> shard;
  model::HostFacts host;
  std::string started, ended;  // "" where its run did not end
  bool interrupted = false;
  std::size_t cells = 0;  // results that are of it
};

struct RunReport {
  model::Plan plan;
  Filters filters;
  model::HostFacts host;
  std::vector<model::CellResult> cells;  // finished ones, in the plan's order
  std::vector<model::Cell> unrun;        // those that were to run, and did not
  std::size_t planned = 0;               // cells that were to run; more than `cells` if interrupted
  bool interrupted = false;
  std::string started, ended;            // UTC, ISO 8601
  std::filesystem::path directory;       // files of cells are below it
  std::optional<model::Shard> shard;     // of the plan, where only that was to run
  std::vector<Part> parts;               // of a joined report; `host` is the first one's
  std::optional<series::Matrix> series;  // where the kernels are a base and its patches
};

// "fail (expected)", "pass (unexpected)", "pass", "crash": the verdict as people are told it. A
// pass or fail that does not stand for all subtests says so: "pass (2 skipped)".
// An attempt that does not count is told, too: "pass (attempt 2)".
std::string verdict_text(const model::Judgement& judgement, std::size_t skipped = 0,
                         std::size_t discounted = 0);
std::string verdict_text(const model::CellResult& cell);
// The subtests that such a verdict leaves out, "name: reason"; none of other verdicts.
std::vector<std::string> left_out_of(const model::CellResult& cell);
// The sum of the phases of a cell's L1.
util::Millis duration_of(const model::CellResult& cell);
// What a user types to run that cell again, quoted for a shell; without the plan where it is not
// known.
std::string command_again(const RunReport& report, const model::CellResult& cell);
// The cell's name without kernel and topology, with its repetition: "mm/thp_mprotect@2".
std::string case_of(const model::CellResult& cell);
// The same of all its repetitions: "mm/thp_mprotect".
std::string name_of(const model::CellResult& cell);
// With kernel and topology: "debian-6.1/l1/mm/thp_mprotect".
std::string full_name_of(const model::CellResult& cell);

}  // namespace kproof::report
