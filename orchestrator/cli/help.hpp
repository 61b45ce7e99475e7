// --help, within 80 columns, and the same as man pages. Pure.
#pragma once

#include <string>

#include "cli/words.hpp"

namespace kproof::cli {

inline constexpr std::size_t kHelpWidth = 80;

std::string help_of(const ProgramInfo& program);
std::string help_of(const ProgramInfo& program, const CommandInfo& command);

// troff for man(7): kproof.1, and kproof-run.1.
std::string man_page(const ProgramInfo& program);
std::string man_page(const ProgramInfo& program, const CommandInfo& command);

}  // namespace kproof::cli
