// The log that `kproof analyze` reads.
#pragma once

#include <string>

#include "console/analyzer.hpp"

namespace kproof::cli {

// Feeds all of a file, "-" for standard input, and finishes. ConfigError for what is no log: in
// such a file nothing would be found, and that would look like a clean one.
void feed_log(console::Analyzer& analyzer, const std::string& file);

}  // namespace kproof::cli
