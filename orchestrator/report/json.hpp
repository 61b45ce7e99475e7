// cell.json and results.json, schema 3: results.schema.json (JSON Schema, draft 2020-12) says what
// they hold, and testdata/ has examples. Within a schema, keys are only ever added.
//
// results.json is of a run, a series or a bisection, of revisions or configs ("kind"). Of a series
// it has "series" besides: rows (the base and its patches, told elsewhere by their index), columns
// with an entry a row, metrics with figures a row, problems, and whether it is clean
// (series/matrix.hpp); of a bisection "bisect" or "config_bisect", and no cells of its own.
//
// Evidence and metrics are lists by name: a cell of several levels has several of one name. Bytes
// that are not UTF-8 become U+FFFD.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "report/run_report.hpp"

namespace kproof::report {

std::string cell_to_json(const model::CellResult& cell);
// HostError when `json` is not what cell_to_json writes; `file` is named in it.
model::CellResult cell_from_json(std::string_view json, const std::filesystem::path& file);
std::string results_to_json(const RunReport& report);
// How a run ended, of which results.json is in `directory`.
struct Ended {
  std::string kind;  // "run", "series", ...
  std::string started, ended;
  bool interrupted = false;
  model::HostFacts host;
  std::vector<std::string> cells;  // ids of those that it has a result of
};
// Nothing when there is none; HostError when it cannot be read.
std::optional<Ended> read_ended(const std::filesystem::path& directory);

// The name of the plan whose results.json is in `directory`; nothing when there is none that can be
// read.
std::optional<std::string> plan_in(const std::filesystem::path& directory);

// cell.json of `directory`, written atomically and last: where it is, the cell is finished.
void write_cell(const std::filesystem::path& directory, const model::CellResult& cell);
model::CellResult read_cell(const std::filesystem::path& directory);

}  // namespace kproof::report
