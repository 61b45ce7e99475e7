// kproof run --failed DIR: of an earlier run, the cells that did not end as expected.
#pragma once

#include <filesystem>

#include "cli/run_options.hpp"

namespace kproof::cli {

// Narrows the sweep of `options` to those of the run in `directory`; without a plan it gets the one
// that the run had. What is to be known is told on stderr. False where nothing is to be run.
// ConfigError for a directory that is no run with a plan of its own, or that is --out.
bool choose_failed(RunOptions& options, const std::filesystem::path& directory);

}  // namespace kproof::cli
