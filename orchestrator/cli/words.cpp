#include "cli/words.hpp"

#include <algorithm>

namespace kproof::cli {

const CommandInfo* find_command(const ProgramInfo& program, std::string_view name) {
  for (const CommandInfo& command : program.commands)
    if (command.name == name) return &command;
  return nullptr;
}

std::vector<std::string> paragraphs(std::string_view footer) {
  std::vector<std::string> found;
  bool begins = true;
  while (!footer.empty()) {
    std::string_view line = footer.substr(0, footer.find('\n'));
    footer.remove_prefix(std::min(line.size() + 1, footer.size()));
    for (std::size_t exit; !line.empty(); line.remove_prefix(exit)) {
      exit = std::min(line.find("Exit code:", line.starts_with("Exit code:") ? 1 : 0), line.size());
      begins |= line.starts_with("Exit code:");
      if (begins)
        found.emplace_back();
      else
        found.back() += ' ';
      found.back() += line.substr(0, exit);
      while (found.back().ends_with(' '))
        found.back().pop_back();
      begins = false;
    }
    begins |= footer.starts_with('\n');
  }
  return found;
}

}  // namespace kproof::cli
