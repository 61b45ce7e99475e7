#include "run/timeline.hpp"

#include <doctest/doctest.h>

using namespace kproof::run;

TEST_CASE("records of two levels are ordered by one clock, which is L1's") {
  const LevelLog outer{1, "6,1,1000000,-;boot of L1\n6,2,9000000,-;L2 is gone\n", 500};
  // L2's clock started 5 s after L1's.
  const LevelLog inner{2, "6,1,2000000,-;boot of L2\n SUBSYSTEM=x\n", 5000500};
  CHECK(timeline({outer, inner}) ==
        "[    1.000000] L1 boot of L1\n"
        "[    7.000000] L2 boot of L2\n"
        "[    9.000000] L1 L2 is gone\n");
}

TEST_CASE("a level whose clock nobody knows is left out, and lines of a record stay together") {
  const LevelLog outer{1, "6,1,1000000,-;one\\x0atwo\nnonsense\n", 0};
  const LevelLog inner{2, "6,1,2000000,-;never\n", std::nullopt};
  CHECK(timeline({outer, inner}) == "[    1.000000] L1 one\n[    1.000000] L1 two\n");
}
