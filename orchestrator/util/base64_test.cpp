#include "util/base64.hpp"

#include <doctest/doctest.h>

using kproof::util::base64;

TEST_CASE("the test vectors of RFC 4648, section 10") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("bytes of all values have the letters of both ends of the alphabet") {
  CHECK(base64({"\0\xff\xfb\xef", 4}) == "AP/77w==");
}
