#include "run/failing_lines.hpp"

#include <doctest/doctest.h>

using kproof::run::FailingLines;

TEST_CASE("the first line that is not ok is told as soon as it is whole, and no other") {
  FailingLines lines;
  CHECK_FALSE(lines.feed("KTAP version 1\n1..3\nok 1 - a\n    not o"));
  CHECK(lines.feed("k 2 - b\nnot ok 3 - c\n") == "not ok 2 - b");
  CHECK_FALSE(lines.feed("not ok 3 - c\n"));
}

TEST_CASE("what is skipped, or to be done, is no failure") {
  FailingLines lines;
  CHECK_FALSE(
      lines.feed("not ok 1 - a # SKIP no memory\nnot ok 2 - b # XFAIL known\n# not ok 3\n"));
}
