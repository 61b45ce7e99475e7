#include "util/utf8.hpp"

#include <doctest/doctest.h>

using namespace kproof::util;

TEST_CASE("what XML or a terminal must not see is replaced") {
  CHECK(xml_text("a\tb\nc<&") == "a\tb\nc<&");
  CHECK(xml_text("a\033[2Jb") == "a\xEF\xBF\xBD[2Jb");
  CHECK(xml_text("\xC0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(xml_text("\xE5\x86") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(xml_text("内") == "内");
  CHECK(printable("\033]0;x\a") == "\xEF\xBF\xBD]0;x\xEF\xBF\xBD");
  CHECK(printable("\xC2\x9B"
                  "2J") ==
        "\xEF\xBF\xBD"
        "2J");
  CHECK(printable("a\u202Eb\u2066c") == "a\uFFFDb\uFFFDc");  // the rest would run to the left
}

TEST_CASE("width is what a terminal shows, not bytes") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("内核") == 4);
  CHECK(display_width("é") == 1);
  CHECK(display_width("e\xCC\x81") == 1);
  CHECK(pad("内", 4) == "内  ");
  CHECK(pad("abc", 2) == "abc");
}

TEST_CASE("a long text is shortened to its columns") {
  CHECK(shorten("abcdef", 6) == "abcdef");
  CHECK(shorten("abcdef", 5) == "abcd…");
  CHECK(shorten("内核内核", 5) == "内核…");
  CHECK(shorten("内核内核", 4) == "内…");
  CHECK(shorten("abc", 0) == "");
}
