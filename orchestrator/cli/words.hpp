// The commands and options as values: what --help, man pages and completion are made from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "util/wrap.hpp"

namespace kproof::cli {

struct OptionInfo {
  std::vector<std::string> names;  // "-v", "--verbose"; "PLAN" of an argument
  bool positional = false;
  std::string value;  // what stands for its value, "N"; "" for a flag
  std::vector<std::string> choices;
  bool required = false, repeated = false;
  std::string help, otherwise;  // `otherwise`: the default, "" for none
};

struct Example {
  std::string line, what;
};

struct CommandInfo {
  std::string name, help;
  std::vector<OptionInfo> options;  // as they were added
  std::vector<Example> examples;
  std::string footer;
};

struct ProgramInfo {
  std::string name, help, version;
  std::vector<OptionInfo> options;
  std::vector<CommandInfo> commands;
};

// nullptr for none of that name.
const CommandInfo* find_command(const ProgramInfo& program, std::string_view name);

// The footer in paragraphs, each in one line: a blank line ends one, and "Exit code" begins one.
std::vector<std::string> paragraphs(std::string_view footer);

using util::wrap;

}  // namespace kproof::cli
