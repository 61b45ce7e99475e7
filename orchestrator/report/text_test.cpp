#include "report/text.hpp"

#include <cstdlib>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/fd.hpp"

using namespace kproof::report;

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
