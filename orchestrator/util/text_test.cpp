#include "util/text.hpp"

#include <doctest/doctest.h>

using namespace kproof::util;

TEST_CASE("a field of meminfo is found by its whole name") {
  const char* text = "MemTotal:       100 kB\nMemAvailable:    42 kB\n";
  CHECK(line_behind(text, "MemAvailable:") == "42 kB");
  CHECK_FALSE(line_behind(text, "Mem:"));
}

TEST_CASE("what stands behind a key may be nothing, and the last line needs no end") {
  CHECK(line_behind("a:\nb: \t\nc: 1", "a:") == "");
  CHECK(line_behind("a:\nb: \t\nc: 1", "b:") == "");
  CHECK(line_behind("a:\nb: \t\nc: 1", "c:") == "1");
  CHECK_FALSE(line_behind("", "a:"));
}
