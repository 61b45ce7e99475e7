// What `kproof analyze` could not see in a log.
#pragma once

#include <string>
#include <vector>

#include "cli/log_file.hpp"

namespace kproof::cli {

// A sentence for each thing that was lost, was not believed, or failed without a report of the
// kernel's: a log with one of them is not clean. Empty: all of it was seen. Pure.
std::vector<std::string> blind_spots(const LogContent& log);

}  // namespace kproof::cli
