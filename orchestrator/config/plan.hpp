// YAML plan -> model::Plan. Anything wrong is a ConfigError with file:line:col, the source line, a
// caret and the next step (problems.hpp). PLAN.md has the format, with every key.
//
// A case is <area>/<name>, and so is an alias: ids of cells are directories and must not nest.
// Patterns and globs that match too much go to Plan::warnings.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/plan.hpp"
#include "model/plan_text.hpp"

namespace kproof::config {

// The names of CPUs that a level's `cpu` may be, beside maximum and host-passthrough. Asked only
// where a plan names one; where the list is empty, any name is taken.
using CpuModels = std::function<std::vector<std::string>()>;

// `file` is named in messages; relative kernel paths are below its directory. `home` is what "~/"
// stands for.
model::Plan parse_plan(std::string_view text, const std::filesystem::path& file,
                       const std::filesystem::path& home, const CpuModels& cpu_models);

// Reads `file`; a file that cannot be read is a ConfigError too. `texts` gets what was read.
model::Plan read_plan(const std::filesystem::path& file, const CpuModels& cpu_models,
                      model::PlanTexts* texts = nullptr);

// The same plan from what was read of it, wherever that was; `texts` is not empty. Files that are
// no part of a plan (kernels, patches) are named as they were there.
model::Plan read_plan(const model::PlanTexts& texts, const CpuModels& cpu_models);

}  // namespace kproof::config
