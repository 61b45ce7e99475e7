// Text of programs and files of one line.
#pragma once

#include <string>
#include <string_view>

namespace kproof::util {

// Without the newlines at its end.
inline std::string chomp(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

// `what` must not be empty; what stands in `by` is not replaced again.
inline void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t pos = 0; (pos = text.find(what, pos)) != text.npos; pos += by.size())
    text.replace(pos, what.size(), by);
}

}  // namespace kproof::util
