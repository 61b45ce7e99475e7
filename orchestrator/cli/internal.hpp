// Commands that no person types: what completion asks, and what makes the man pages.
#pragma once

#include <optional>

#include "cli/words.hpp"

namespace kproof::cli {

// `kproof __complete WORD...` (completion.hpp) and `kproof __man DIRECTORY`, which writes
// kproof.1 and a page for each command there. Returns the exit code; empty for any other line.
std::optional<int> run_internal(const ProgramInfo& program, int argc, char** argv);

}  // namespace kproof::cli
