// Paragraphs in lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kproof::util {

// `text` in lines of at most `width` columns, each behind `indent` blanks; words are not broken.
std::string wrap(std::string_view text, std::size_t indent, std::size_t width);

}  // namespace kproof::util
