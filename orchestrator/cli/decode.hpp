// The traces of an analysis with functions, files and lines.
#pragma once

#include <string>

#include "cli/analyze_output.hpp"

namespace kproof::cli {

// Fills analysis.decoded, and says in its notes what could not be had. ConfigError when `vmlinux`
// is no kernel, or is not the one that printed the log. `modules`: a directory, "" for none.
void decode_all(Analysis& analysis, const std::string& vmlinux, const std::string& modules);

}  // namespace kproof::cli
