// A log that is put together of pieces, and what each piece promises.
#pragma once

#include <string>
#include <vector>

#include "console/generator/kinds.hpp"
#include "console/generator/styles.hpp"

namespace kproof::console::generator {

struct Promise {
  enum class Strength {
    whole,   // one finding, by its title
    cut,     // one finding, that names the function if it was printed
    mixed,   // two CPUs at once, and nothing tells them apart: one finding to four of both
    either,  // one finding or none: the end of a report, the boot behind a panic
  };
  Strength strength = Strength::whole;
  std::string kind, title;
  unsigned flags = 0;              // KindFlag
  std::vector<std::string> stack;  // the function to blame, its callers
  bool named = false;              // the function was printed where the kernel says who it was
};

struct Piece {
  std::string what;
  std::vector<Event> events;
  std::vector<Promise> promises;  // of findings that begin in this piece; none: it is benign
};

struct Log {
  Style style;
  bool crlf = false, coloured = false;
  Machine machine;  // without its numbers
  std::vector<Piece> pieces;
};

Log compose(std::uint64_t seed);

struct Rendered {
  std::string text;
  struct Range {
    std::size_t first = 1, last = 0;  // lines, 1-based, inclusive
  };
  std::vector<Range> pieces;
};
Rendered render(const Log& log);

}  // namespace kproof::console::generator
