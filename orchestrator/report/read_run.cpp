#include "report/read_run.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/encode.hpp"
#include "report/json.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::report {
namespace fs = std::filesystem;

static constexpr const char* kResults = "results.json";
static constexpr const char* kCells = "cells";

bool is_run(const fs::path& directory) {
  std::error_code ignored;
  return fs::is_regular_file(directory / kResults, ignored) ||
         fs::is_directory(directory / kCells, ignored);
}

std::vector<fs::path> runs_below(const fs::path& directory) {
  std::vector<fs::path> found;
  if (is_run(directory)) found.push_back(directory);
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->is_directory()) continue;
    const std::string name = entry->path().filename().string();
    if (name == kCells || name == "kernels" || name == "images")
      entry.disable_recursion_pending();
    else if (is_run(entry->path()))
      found.push_back(entry->path());
  }
  std::ranges::sort(found);
  return found;
}

static NamedKernel decode_kernel(const Json& j) {
  NamedKernel kernel{.label = j.value("label", "")};
  const Json& from = j.contains("build") ? j.at("build") : j;
  for (const char* key : {"package", "path", "tarball", "directory", "git"})
    if (from.contains(key)) kernel.source = from.at(key);
  if (const std::string revision = from.value("revision", ""); !revision.empty())
    kernel.source += " " + revision;
  kernel.patches = from.value("patches", std::vector<std::string>{});
  return kernel;
}

static void decode_plan(const Json& j, RecordedRun& run) {
  run.plan = j.value("name", "");
  run.plan_file = j.value("file", "");
  for (const Json& kernel : j.value("kernels", Json::array()))
    run.kernels[kernel.at("name")] = decode_kernel(kernel);
  for (const Json& metric : j.value("metrics", Json::array()))
    run.metrics.push_back({metric.at("metric"), metric.at("least_change")});
}

static std::vector<series::Row> decode_rows(const Json& series) {
  std::vector<series::Row> rows;
  for (const Json& row : series.at("rows"))
    rows.push_back({row.at("kernel"), row.at("subject"), row.at("unbuilt")});
  return rows;
}

static void decode(const Json& j, RecordedRun& run) {
  if (j.at("schema") != kSchema)
    throw std::invalid_argument(fmt::format("schema {} is not {}", j.at("schema").dump(), kSchema));
  run.kind = j.at("kind");
  run.kproof = j.at("kproof");
  run.started = j.at("started");
  run.ended = j.at("ended");
  run.interrupted = j.at("interrupted");
  run.host = decode_host(j.at("host"));
  for (const Json& names : j.value("filters", Json::object()))
    run.narrowed |= !names.empty();
  run.narrowed |= j.contains("shard");
  const Json plan = j.value("plan", Json());
  if (plan.is_object()) decode_plan(plan, run);
  for (const Json& cell : j.value("cells", Json::array()))
    run.cells.push_back(decode_cell(cell));
  if (j.contains("series")) run.series = decode_rows(j.at("series"));
}

// What a run that was killed has finished.
static void collect_cells(RecordedRun& run) {
  std::vector<fs::path> directories;
  for (const auto& entry : fs::recursive_directory_iterator(run.directory / kCells))
    if (entry.path().filename() == "cell.json") directories.push_back(entry.path().parent_path());
  std::ranges::sort(directories);
  for (const fs::path& directory : directories)
    run.cells.push_back(read_cell(directory));
  run.interrupted = true;
  for (const model::CellResult& cell : run.cells)
    if (run.started.empty() || cell.started < run.started) run.started = cell.started;
}

RecordedRun read_run(const fs::path& directory) {
  if (!is_run(directory))
    throw ConfigError(
        fmt::format("{} is no run directory: it has no {}", directory.string(), kResults),
        "give the directory that `kproof run` named as its --out");
  RecordedRun run{.directory = fs::canonical(directory)};
  const fs::path file = directory / kResults;
  if (!fs::exists(file)) {
    collect_cells(run);
  } else {
    try {
      decode(Json::parse(util::read_file(file)), run);
    } catch (const Json::exception& error) {
      throw HostError(fmt::format("{} is not the result of a run: {}", file.string(), error.what()),
                      "the run may be made again with --fresh");
    } catch (const std::invalid_argument& error) {
      throw HostError(fmt::format("{} is not the result of a run: {}", file.string(), error.what()),
                      "it was written by another version of kproof; the run may be made again");
    }
  }
  for (auto& [name, kernel] : run.kernels)
    if (const fs::path config = run.directory / "kernels" / (name + ".config"); fs::exists(config))
      kernel.config = config;
  return run;
}

RunReport report_of(const RecordedRun& run) {
  RunReport report;
  report.plan.name = run.plan;
  report.plan.file = run.plan_file;
  report.plan.metrics = run.metrics;
  for (const model::CellResult& cell : run.cells) {
    if (std::ranges::find(report.plan.topologies, cell.topology, &model::Topology::name) ==
        report.plan.topologies.end())
      report.plan.topologies.push_back({.name = cell.topology});
    for (const auto& [axis, value] : cell.axes)
      if (std::ranges::find(report.plan.matrix.axes, axis, &model::MatrixAxis::name) ==
          report.plan.matrix.axes.end())
        report.plan.matrix.axes.push_back({.name = axis, .values = {}});
  }
  report.host = run.host;
  report.cells = run.cells;
  report.planned = run.cells.size();
  report.interrupted = run.interrupted;
  report.started = run.started;
  report.ended = run.ended;
  report.directory = run.directory;
  if (!run.series.empty())
    report.series = series::matrix_of(run.series, report.cells, report.plan.metrics);
  return report;
}

}  // namespace kproof::report
