// A run directory as it is found: what was to run there, and what has a result.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manifest/manifest.hpp"
#include "model/result.hpp"
#include "report/json.hpp"

namespace kproof::merge {

struct Part {
  std::string name;  // the directory, as the user named it
  std::filesystem::path directory;
  manifest::Manifest manifest;
  bool shared = false;                             // by workers (worker/batch.hpp)
  std::optional<report::Ended> ended;              // nothing when its last run was killed
  std::map<std::string, model::CellResult> cells;  // of those that were to run, by id
  std::vector<std::string> remarks;  // what is there and no result of that run, a line each
};

// ConfigError for a directory that holds no run, or one of another kind (a series, a bisection).
// A result counts if the last run in the directory has it: its results.json names it, or, where
// that run was killed and wrote none, it is no older than the run. In a directory of workers all
// that is in place counts. What does not count, and a cell.json that cannot be read, is a remark.
Part read_part(const std::string& name);

}  // namespace kproof::merge
