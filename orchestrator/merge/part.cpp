#include "merge/part.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "util/error.hpp"

namespace kproof::merge {
namespace fs = std::filesystem;

static manifest::Manifest manifest_in(const std::string& name) {
  auto manifest = manifest::read(name);
  if (!manifest)
    throw ConfigError(fmt::format("{} holds no run: it has no manifest.json", name),
                      "name directories that `kproof run --out` has made");
  return std::move(*manifest);
}

// Of an earlier run in the directory nothing is known of this one's end.
static std::optional<report::Ended> end_of(const Part& part) {
  auto ended = report::read_ended(part.directory);
  if (ended && ended->kind != "run")
    throw ConfigError(
        fmt::format("{} is of kind `{}`, and only runs can be merged", part.name, ended->kind));
  if (ended && ended->started != part.manifest.started) ended.reset();
  return ended;
}

static bool counts(const Part& part, const model::CellResult& result) {
  if (part.shared) return true;
  if (!part.ended) return result.started >= part.manifest.started;
  return std::ranges::find(part.ended->cells, result.id) != part.ended->cells.end();
}

// Those of the plan, and the further repetitions that `--retry` made.
static std::vector<std::string> ids_of(const Part& part) {
  std::vector<std::string> ids = part.manifest.cells;
  if (!part.ended) return ids;
  std::ranges::copy_if(part.ended->cells, std::back_inserter(ids), [&](const std::string& id) {
    return std::ranges::find(part.manifest.cells, id) == part.manifest.cells.end();
  });
  return ids;
}

static void read_cells(Part& part) {
  for (const std::string& id : ids_of(part)) {
    const fs::path directory = part.directory / "cells" / id;
    if (!fs::exists(directory / "cell.json")) {
      if (fs::exists(directory))
        part.remarks.push_back(fmt::format("{}: {} has logs and no result", part.name, id));
      continue;
    }
    try {
      model::CellResult result = report::read_cell(directory);
      if (result.id != id)
        part.remarks.push_back(
            fmt::format("{}: {} holds the result of {}", part.name, id, result.id));
      else if (!counts(part, result))
        part.remarks.push_back(
            fmt::format("{}: the result of {} is of an earlier run", part.name, id));
      else
        part.cells.emplace(id, std::move(result));
    } catch (const HostError& error) {
      part.remarks.push_back(fmt::format("{}: {}", part.name, error.what()));
    }
  }
}

Part read_part(const std::string& name) {
  Part part{.name = name,
            .directory = fs::absolute(name).lexically_normal(),
            .manifest = manifest_in(name),
            .shared = fs::exists(fs::path(name) / "batch.json"),
            .ended = {},
            .cells = {},
            .remarks = {}};
  part.ended = end_of(part);
  if (!part.ended && !part.shared)
    part.remarks.push_back(fmt::format("{}: its last run did not end", part.name));
  read_cells(part);
  return part;
}

}  // namespace kproof::merge
