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

// {"schema", "kind": "compare", "a", "b", "cells": [...], "not_comparable": [...],
// "metrics": [...]}; only cells and figures that both have or one lacks, with the matrix's words.
std::string two_runs_to_json(const series::TwoRuns& runs, const RunNames& names);

}  // namespace kproof::report
