// Text of programs and files of one line.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace kproof::util {

// Without the newlines at its end.
inline std::string chomp(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

// What stands behind `key` at the start of a line, without blanks in front; of the first such line.
inline std::optional<std::string> line_behind(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with(key))
      return std::string(
          line.substr(std::min(line.find_first_not_of(" \t", key.size()), line.size())));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return std::nullopt;
}

// `what` must not be empty; what stands in `by` is not replaced again.
inline void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t pos = 0; (pos = text.find(what, pos)) != text.npos; pos += by.size())
    text.replace(pos, what.size(), by);
}

}  // namespace kproof::util
