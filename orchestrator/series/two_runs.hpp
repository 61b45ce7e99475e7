// Two runs, compared as a base and its patch are: what is new, mended, changed, flaky, gone. Pure.
//
// Their cells are paired by kernel, topology and case, repetitions together; where exactly one
// kernel of each run has no namesake in the other, those two are a pair: "good" and "with the bug".
// Cells whose case got other arguments or ran in another machine are not comparable, nor are
// figures of two hosts or accelerators.
#pragma once

#include <string>
#include <vector>

#include "series/answer.hpp"

namespace kproof::series {

struct OneRun {
  std::vector<model::CellResult> cells;
  model::HostFacts host;
  std::string plan;
  bool narrowed = false;  // not the whole plan
};

struct Apart {
  std::string cell, why;
};

struct TwoRuns {
  // Two rows, A and B; a column's topology is "kernel/topology".
  Matrix matrix;
  std::vector<Apart> apart;      // cells that both have, and that are not comparable
  std::string figures_apart;     // why no figure is compared; "" where they are
  std::string paired;            // "good, with-bug": the kernels that are a pair without one name
  bool same_whole_plan = false;  // then a cell that is gone is a proof that is lost
  bool part_of_a = false, part_of_b = false;  // it ran a part of its plan
};

// `metrics`: of the plan of B; where it has none, all that both measured.
TwoRuns compare_runs(const OneRun& a, const OneRun& b,
                     const std::vector<model::WatchedMetric>& metrics);

// What became of a column. All words but these are the series matrix's. What a run of a part of a
// plan has not is left out, and neither gone nor added.
enum class Became : std::uint8_t { compared, gone, added, left_out };
Became became(const TwoRuns& runs, const Column& column);

Worse worse(const TwoRuns& runs, const Column& column);
bool is_worse(const MetricColumn& column);

// "debian-6.1/l1/mm/thp_mprotect"
std::string cell_of(const Column& column);

}  // namespace kproof::series
