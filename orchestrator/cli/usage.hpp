// What a user got wrong on the command line.
#pragma once

#include <CLI/CLI.hpp>

#include "util/error.hpp"

namespace kproof::cli {

// `error` in our words where CLI11 does not name the word that is wrong, with the nearest one.
ConfigError usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace kproof::cli
