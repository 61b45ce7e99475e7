// Two runs compared, for people and for machines.
#pragma once

#include "report/text.hpp"
#include "series/two_runs.hpp"

namespace kproof::report {

// What they are called.
struct RunNames {
  std::string a, b;
};

// What changed, cell by cell, then figures, then one sentence.
std::string render_two_runs(const series::TwoRuns& runs, const RunNames& names, const Style& style);

// "less l1/kvm/zap_stall stall_p50 (us): 4000 (3) -> 288 (3)", and a line for the difference of
// medians with its interval, where there is one.
std::string text_of_figures(const series::MetricColumn& column);

// {"schema", "kind": "compare", "a", "b", "cells": [...], "not_comparable": [...],
// "metrics": [...]}; only cells and figures that both have or one lacks, with the matrix's words.
std::string two_runs_to_json(const series::TwoRuns& runs, const RunNames& names);

}  // namespace kproof::report
