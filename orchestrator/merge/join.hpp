// Parts of a run -> one whole report. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "merge/part.hpp"
#include "report/run_report.hpp"

namespace kproof::merge {

struct Joined {
  std::map<std::string, const Part*> from;  // cell's id -> the part whose result it has
  std::vector<std::string> remarks;  // what a reader must know beside the report, a line each
};

// ConfigError, naming two places, for parts that do not belong together: of another plan or
// filters, with a cell that both have of other inputs or with another judgement. A cell that two
// have alike is the first one's, and is told. So are parts of whose hosts or programs differ.
// `parts` is not empty, and is borrowed.
Joined join(const std::vector<Part>& parts);

// `whole` is what the plan has without shards. Results by cell, those of `--retry` with them; what
// has none did not run. The plan's rates (`flaky`) are held to all of them, as a single run holds
// itself.
report::RunReport assemble(const manifest::Cells& whole,
                           std::map<std::string, model::CellResult> results);

// The report of joined parts.
report::RunReport report_of(const std::vector<Part>& parts, const Joined& joined,
                            const manifest::Cells& whole);

// "3 planned cells have no result: a, b, c": by the shard that is not there, or was not whole.
std::vector<std::string> tell_missing(const std::vector<Part>& parts,
                                      const report::RunReport& report);

}  // namespace kproof::merge
