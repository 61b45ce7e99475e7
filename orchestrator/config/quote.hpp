// A line of a document with a caret, as compilers show it:
//     3 | source line
//       |     ^
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kproof::config {

// Both count from 1, the column in bytes. Of a long line the part around the column.
std::string quote(std::string_view text, std::size_t line, std::size_t column);

// For what was found wrong when the document had been read: `message` begins with its place,
// "plan.yaml:3:5: ". "" when it does not, or has its quote already.
std::string quote_place_of(const std::string& message);

}  // namespace kproof::config
