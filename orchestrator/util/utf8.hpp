// UTF-8 as the one place of kproof that reads it (RFC 3629). What guests, logs and files of others
// hold is hostile: nothing of it may steer a terminal or spoil a document.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kproof::util {

struct CodePoint {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;  // else one byte that begins no sequence: overlong forms and surrogates too
};
// The first one of `text`, which is not empty.
CodePoint decode(std::string_view text);

// Invalid UTF-8 and characters that XML 1.0 forbids become U+FFFD.
std::string xml_text(std::string_view text);
// The same, and controls other than newline and tab, those of direction too: safe to show.
std::string printable(std::string_view text);

// Columns that a terminal needs for valid UTF-8: 2 for CJK, 0 for combining marks.
std::size_t display_width(std::string_view text);
std::string pad(std::string_view text, std::size_t width);
// At most `width` columns; a longer text ends in "…".
std::string shorten(std::string_view text, std::size_t width);

}  // namespace kproof::util
