#include "agent/failure.hpp"

#include <algorithm>
#include <cctype>

namespace kproof::agent {

static std::string_view without_indent(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

// KTAP's directives, in any case of letters: "# SKIP reason", "# todo reason".
bool is_failure(std::string_view line) {
  line = without_indent(line);
  if (!line.starts_with("not ok")) return false;
  const std::size_t hash = line.find("# ");
  if (hash == line.npos) return true;
  std::string directive(line.substr(hash + 2, 5));
  for (char& c : directive)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const char* excuse : {"SKIP",
                             "TO"
                             "DO",
                             "XFAIL"})
    if (directive.starts_with(excuse)) return false;
  return true;
}

// What is longer than a line of KTAP is none.
std::optional<std::string> FirstFailure::hear(std::string_view output) {
  constexpr std::size_t kLongest = 4096;
  for (const char c : output) {
    if (heard_) break;
    if (c != '\n') {
      if (line_.size() < kLongest) line_ += c;
      continue;
    }
    if (is_failure(line_)) {
      heard_ = true;
      return std::string(without_indent(line_));
    }
    line_.clear();
  }
  return std::nullopt;
}

}  // namespace kproof::agent
