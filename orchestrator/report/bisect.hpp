// A bisection for the terminal and for programs. Pure.
#pragma once

#include <string>
#include <vector>

#include "bisect/steps.hpp"
#include "report/run_report.hpp"
#include "report/text.hpp"

namespace kproof::report {

struct BisectReport {
  std::string plan, kernel, repository;
  std::string good, bad;               // commits, as the user gave the range
  std::vector<std::string> signature;  // what is looked for, a line a case: bisect::describe()
  std::vector<bisect::Step> steps;     // the two endpoints are the first two
  bool interrupted = false;
  Filters filters;
  model::HostFacts host;
  std::string started, ended;  // UTC, ISO 8601
  // The first bad revision; several where only skipped ones are left; none when it was stopped.
  std::vector<std::string> first_bad;
};

// A line a revision, and the answer.
std::string render_bisect(const BisectReport& report, const Style& style);

// results.json of a bisection (json.hpp): "bisect" with what is looked for, steps (commit, subject,
// outcome, reason and the directory of its cells) and first_bad.
std::string bisect_to_json(const BisectReport& report);

// Where the cells of a revision are, below the run directory: "revisions/0123456789ab".
std::string directory_of_revision(const std::string& commit);

}  // namespace kproof::report
