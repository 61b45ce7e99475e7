// What is not as expected, for machines that show it beside the source: GitHub's annotations, and
// SARIF 2.1.0. Pure, but for `read`.
//
// A finding points at the source line of the function that it blames, where its trace was decoded
// (decoded.log), else at the line that the kernel itself names in it: "WARNING: ... at
// mm/huge_memory.c:12". A cell that is wrong without one points at the line of the plan: that of
// the mistake, where the configuration is one, else of what the plan expects of it. Where neither
// is known it points nowhere.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/run_report.hpp"

namespace kproof::report {

struct SourcePlace {
  std::string file;
  std::size_t line = 0, column = 0;  // from 1; 0 for none
};

// Of "FILE:LINE" and "FILE:LINE:COLUMN".
std::optional<SourcePlace> parse_place(std::string_view text);
// Of "FILE:LINE:COLUMN: what is wrong".
std::optional<SourcePlace> leading_place(std::string_view message);
// Where the finding is; nothing where that is not known. `decoded`: decoded.log of its cell, or "".
std::optional<SourcePlace> place_of(const model::Finding& finding, std::string_view decoded);

struct Annotation {
  bool is_error = true;  // else a fault of the host, which says nothing of the kernel
  std::optional<SourcePlace> place;
  std::string rule;         // what kind it is, alike in all runs: "finding/WARNING", "hang"
  std::string title;        // one line
  std::string message;      // all there is to say, with the command that runs the cell again
  std::string cell;         // its id
  std::string fingerprint;  // the same for the same problem in another run
};

// The text of a file of the run, "" where there is none.
using ReadRunFile = std::function<std::string(const std::string& path)>;

// Of each cell that is not as expected a line for each finding that is not accepted, or one for
// the cell.
std::vector<Annotation> annotations_of(const RunReport& report, const ReadRunFile& read);

// Workflow commands, a line each: "::error file=mm/zap.c,line=12,title=...::message".
std::string github_command(const Annotation& annotation);
std::string sarif_json(const std::vector<Annotation>& annotations);

}  // namespace kproof::report
