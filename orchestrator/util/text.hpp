// Text of programs and files of one line.
#pragma once

#include <string>

namespace kproof::util {

// Without the newlines at its end.
inline std::string chomp(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

}  // namespace kproof::util
