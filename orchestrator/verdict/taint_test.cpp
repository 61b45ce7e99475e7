#include "verdict/taint.hpp"

#include <doctest/doctest.h>

TEST_CASE("taint bits are decoded by letter, and unknown ones by number") {
  CHECK(kproof::verdict::decode_taint(0) == "");
  CHECK(kproof::verdict::decode_taint(1ul << 12 | 1ul << 13) ==
        "O (externally built module), E (unsigned module)");
  CHECK(kproof::verdict::decode_taint(1ul << 40) == "bit 40");
}
