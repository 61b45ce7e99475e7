#include "util/wrap.hpp"

#include "util/utf8.hpp"

namespace kproof::util {

std::string wrap(std::string_view text, std::size_t indent, std::size_t width) {
  std::string lines, line;
  const auto end_line = [&] {
    lines += std::string(indent, ' ') + line + '\n';
    line.clear();
  };
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!line.empty() && indent + display_width(line) + 1 + display_width(word) > width) end_line();
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty()) end_line();
  return lines;
}

}  // namespace kproof::util
