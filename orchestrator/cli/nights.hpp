// What `kproof history` tells of the last nights.
#pragma once

#include <string>
#include <vector>

#include "history/cell_history.hpp"

namespace kproof::cli {

struct NightsOptions {
  bool changed = false;  // by which the exit code is decided
  std::string format;    // "text", "markdown", "json", "html"
  unsigned nights = 60;
};

// Prints them; the exit code.
int tell_nights(const history::Store& store, const std::vector<std::string>& cells,
                const history::Question& question, const NightsOptions& options);

}  // namespace kproof::cli
