// Joins run directories into one, with its reports.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/plan.hpp"
#include "report/run_report.hpp"

namespace kproof::merge {

struct Merged {
  report::RunReport report;
  std::vector<std::string> remarks;  // for stderr, a line each
};

// Copies what the joined report needs into `out`, which is empty, and writes manifest.json,
// results.json, junit.xml and report.html: it is then a run directory as any other, in which
// `kproof run` goes on. ConfigError as join() has it, and for an `out` that is not empty;
// HostError.
Merged merge(const std::vector<std::string>& directories, const std::filesystem::path& out,
             const config::CpuModels& cpu_models);

}  // namespace kproof::merge
