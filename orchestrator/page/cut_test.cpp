#include "page/cut.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace kproof::page;

static std::string log_of(std::size_t lines) {
  std::string log;
  for (std::size_t i = 1; i <= lines; ++i)
    log += fmt::format("line {:04}\n", i);  // ten bytes
  return log;
}

TEST_CASE("a log that fits is whole, with or without a newline at its end") {
  CHECK(cut(log_of(3), {}, 30).text == log_of(3));
  CHECK(cut(log_of(3), {}, 30).pieces == std::vector<Lines>{{1, 3}});
  CHECK(cut("a\nb", {}, 10).text == "a\nb\n");
  CHECK(cut("", {}, 10).pieces.empty());
}

TEST_CASE("of a long log remain its beginning, what is wanted, and its end, within the bytes") {
  const LogCut some = cut(log_of(1000), {{500, 502}}, 1000);
  CHECK(some.lines == 1000);
  CHECK(some.text.size() <= 1000);
  REQUIRE(some.pieces.size() == 3);
  CHECK(some.pieces[0].first == 1);
  CHECK(some.pieces[1] == Lines{490, 522});
  CHECK(some.pieces[2].last == 1000);
}

TEST_CASE("wanted lines that are not there, and many of them, leave room for the end") {
  CHECK(cut(log_of(10), {{50, 60}}, 40).pieces.back().last == 10);
  const LogCut many = cut(log_of(1000), {{1, 900}}, 1000);
  CHECK(many.text.size() <= 1000);
  CHECK(many.pieces.back().last == 1000);
}

TEST_CASE("a line is shown without carriage returns at its end and control characters") {
  CHECK(shown("a\r\r\nb\tc\x1b[2J\x01\xff") == "a\nb\tc\uFFFD[2J\uFFFD\uFFFD\n");
  CHECK(shown(std::string(5000, 'x')) == std::string(2000, 'x') + "… (5000 bytes)\n");
}
