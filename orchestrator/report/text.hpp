// Text for terminals and for XML. What guests print is hostile: nothing of it may steer a terminal
// or spoil a document.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/finding.hpp"
#include "model/verdict.hpp"
#include "series/matrix.hpp"

namespace kproof::report {

struct Style {
  bool terminal = false;  // redraws are possible
  bool colour = false;
  std::size_t width = 100;  // columns
  std::size_t height = 24;  // rows
};

// Of a file descriptor: a terminal's width and, unless NO_COLOR is set or TERM is dumb, its
// colours.
Style style_of(int fd);

// Invalid UTF-8 and characters that XML 1.0 forbids become U+FFFD.
std::string xml_text(std::string_view text);
// The same, and control characters other than newline and tab too: safe to show on a terminal.
std::string printable(std::string_view text);

// Columns that a terminal needs for valid UTF-8: 2 for CJK, 0 for combining marks.
std::size_t display_width(std::string_view text);
std::string pad(std::string_view text, std::size_t width);
// At most `width` columns; a longer text ends in "…".
std::string shorten(std::string_view text, std::size_t width);

// `text` in the colour of how a cell ended: green as expected, yellow skip and miss, red otherwise.
std::string paint(std::string_view text, const model::Judgement& judgement, const Style& style);
// The same of what a patch changed: green fixed, red introduced and lost, yellow flaky and
// changed.
std::string tint(std::string_view text, series::Change change, const Style& style);

// "held up by zap_rmap: CPU 1 runs it", printable; "" where the finding is no lockup or stall.
std::string held_up_by(const model::Culprit& culprit);

// Four significant digits, and no exponent before a million.
std::string number(double value);

}  // namespace kproof::report
