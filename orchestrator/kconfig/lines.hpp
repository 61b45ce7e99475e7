// Text as lines.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace kproof::kconfig {

// Without their ends; a last line without a newline counts. Views of `text`.
inline std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace kproof::kconfig
