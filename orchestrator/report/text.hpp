// What texts of reports have in common: a terminal's measures, colours, figures.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "model/finding.hpp"
#include "model/verdict.hpp"
#include "series/matrix.hpp"
#include "util/utf8.hpp"

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

// Of util/utf8.hpp, as every text of a report goes through them.
using util::display_width;
using util::pad;
using util::printable;
using util::shorten;
using util::xml_text;

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
