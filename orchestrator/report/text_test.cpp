#include "report/text.hpp"

#include <cstdlib>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/fd.hpp"

using namespace kproof::report;

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

TEST_CASE("what is no terminal gets no colour and no redraws") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const kproof::util::Fd in(ends[0]), out(ends[1]);
  const Style style = style_of(out.get());
  CHECK(!style.terminal);
  CHECK(!style.colour);
}

TEST_CASE("a terminal has colours unless NO_COLOR is set") {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(master >= 0);
  const kproof::util::Fd owner(master);
  REQUIRE(::grantpt(master) == 0);
  REQUIRE(::unlockpt(master) == 0);
  const kproof::util::Fd terminal(::open(::ptsname(master), O_RDWR | O_NOCTTY));
  REQUIRE(terminal);
  const winsize size{.ws_row = 24, .ws_col = 77, .ws_xpixel = 0, .ws_ypixel = 0};
  REQUIRE(::ioctl(terminal.get(), TIOCSWINSZ, &size) == 0);
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  CHECK(style_of(terminal.get()).colour);
  CHECK(style_of(terminal.get()).width == 77);
  CHECK(style_of(terminal.get()).height == 24);
  ::setenv("NO_COLOR", "1", 1);
  CHECK(style_of(terminal.get()).terminal);
  CHECK(!style_of(terminal.get()).colour);
  ::setenv("TERM", "dumb", 1);
  CHECK(!style_of(terminal.get()).terminal);
}
