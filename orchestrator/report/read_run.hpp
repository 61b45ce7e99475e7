// A run directory, read back. It is the truth: histories and comparisons are made of it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/plan.hpp"
#include "model/result.hpp"
#include "report/run_report.hpp"

namespace kproof::report {

// A kernel as the run's plan named it.
struct NamedKernel {
  std::string label;
  std::string source;  // "linux-image-amd64", a path, "../linux v6.1"
  std::vector<std::string> patches;
  std::filesystem::path config;  // that its cells booted with; "" if it was not kept
};

struct RecordedRun {
  std::filesystem::path directory;  // canonical
  std::string kind;  // "run", "series", "bisect", "config-bisect"; "" if it was killed
  std::string plan, kproof;
  std::string plan_file;       // as the user named it; "" if it is not known
  std::string started, ended;  // UTC, ISO 8601; of a run that was killed of its cells, and ""
  bool interrupted = false;
  bool narrowed = false;  // by --kernel, --topology, --case, --failed or --shard
  model::HostFacts host;
  std::map<std::string, NamedKernel> kernels;  // by name
  std::vector<model::WatchedMetric> metrics;
  std::vector<model::CellResult> cells;  // of a run that was killed, all that are finished
  std::vector<series::Row> series;       // of a series that ended: the base and its patches
};

// It holds results.json, or cells that are finished.
bool is_run(const std::filesystem::path& directory);

// The directory itself and all below it that are runs, sorted; a bisection has one for each step.
std::vector<std::filesystem::path> runs_below(const std::filesystem::path& directory);

// ConfigError where it is no run; HostError where it cannot be read, or is of another schema.
RecordedRun read_run(const std::filesystem::path& directory);

// As its reports have it, so far as the directory tells: cells that did not run are not told.
RunReport report_of(const RecordedRun& run);

}  // namespace kproof::report
