#include "virt/qemu_log.hpp"

#include <sstream>

namespace kproof::virt {

static bool is_libvirts(const std::string& line) {
  return line.find("+0000: ") != std::string::npos ||    // "2026-11-22 10:25:00.123+0000: ..."
         line.ends_with("\\") || line.starts_with("-");  // the command line
}

std::string last_words(std::string_view log) {
  std::istringstream lines{std::string(log)};
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("+0000: starting up") != std::string::npos)
      last.clear();  // of an earlier guest of this name
    if (!line.empty() && !is_libvirts(line)) last = line;
  }
  return last;
}

}  // namespace kproof::virt
