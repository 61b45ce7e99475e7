// Words that `kproof worker` and `kproof run --on slurm` read alike.
#pragma once

#include <string>
#include <string_view>

#include "util/units.hpp"

namespace kproof::cli {

// "90s"; ConfigError names the option.
util::Millis parse_time(std::string_view option, const std::string& text);

}  // namespace kproof::cli
