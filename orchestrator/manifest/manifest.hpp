// What a run directory is the run of, written once, before its first cell, for all who come later:
// workers that run cells of it, `kproof merge`. It needs no other file: the plan stands in it with
// all that it includes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/plan.hpp"
#include "model/plan.hpp"
#include "plan/cells.hpp"

namespace kproof::manifest {

struct Manifest {
  std::string kproof;          // the version that wrote it
  std::string plan;            // its name
  std::filesystem::path file;  // of the plan; or the kernel that was named in place of one
  std::string kernel_runs;     // on that kernel, a name or glob; "" for a plan
  model::PlanTexts texts;      // of the plan
  plan::Filter filter;
  std::vector<std::string> cases;  // that existed: what the globs of a plan stand for
  std::vector<std::string> cells;  // ids, in the plan's order: those that are to run
  std::string started;             // UTC, ISO 8601, as results.json of the same run has it
};

// Of a plan as config reads it, with its texts. `cases`: all that exist.
Manifest make(const model::Plan& plan, const model::PlanTexts& texts, const plan::Filter& filter,
              std::vector<std::string> cases, const std::vector<model::Cell>& cells,
              std::string started);

std::string to_json(const Manifest& manifest);
// HostError, which names `file`, for what to_json did not write.
Manifest from_json(std::string_view json, const std::filesystem::path& file);

// DIR/manifest.json; written atomically. Nothing where there is none; HostError for one that cannot
// be read.
void write(const std::filesystem::path& directory, const Manifest& manifest);
std::optional<Manifest> read(const std::filesystem::path& directory);

// The plan again, from the texts of it that the manifest has.
model::Plan plan_of(const Manifest& manifest, const config::CpuModels& cpu_models);

struct Cells {
  model::Plan plan;
  std::vector<model::Cell> cells;
};
// The plan again, and the cells that this program makes of it.
Cells expand(const Manifest& manifest, const config::CpuModels& cpu_models);
// The same. HostError where this program makes other cells of it than the one
// that wrote it.
Cells cells_of(const Manifest& manifest, const config::CpuModels& cpu_models);

// The first thing in which two differ that keep them from being parts of one run, for people: "the
// plan", "--case", "the list of cases"; "" for none. Where the files lay says nothing.
std::string difference(const Manifest& a, const Manifest& b);

}  // namespace kproof::manifest
