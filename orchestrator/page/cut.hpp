// What of a log is worth a place in the page. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kproof::page {

struct Lines {
  std::size_t first = 0, last = 0;  // 1-based, inclusive

  bool operator==(const Lines&) const = default;
};

struct LogCut {
  std::string text;           // of those lines, each ending in '\n', fit to be shown
  std::vector<Lines> pieces;  // which they are, in order
  std::size_t lines = 0;      // that the whole log has
};

// At most `most` bytes of a log: all of it if it fits, else `wanted` lines with some around them,
// its beginning, and with all that is left its end.
LogCut cut(std::string_view log, const std::vector<Lines>& wanted, std::size_t most);

// The lines without what ends them, '\r' too; a very long one is cut. What terminals or documents
// would take for more than text becomes U+FFFD.
std::string shown(std::string_view lines);

}  // namespace kproof::page
