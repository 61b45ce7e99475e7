#include "console/line.hpp"

#include <vector>

#include <doctest/doctest.h>

using namespace kproof::console;

static std::string text_of(std::string_view line) {
  return std::string(line.substr(parse_prefix(line).size));
}

TEST_CASE("a time stamp is read to the microsecond") {
  const Prefix prefix = parse_prefix("[   12.345678] Linux");
  CHECK(prefix.usec == 12345678u);
  CHECK(prefix.caller == "");
  CHECK(text_of("[   12.345678] Linux") == "Linux");
  CHECK(text_of("[    0.000000]  func+0x1/0x2") == " func+0x1/0x2");
}

TEST_CASE("a caller names the task or the CPU") {
  CHECK(parse_prefix("[   12.345678][ T1234] x").caller == "T1234");
  CHECK(parse_prefix("[   12.345678][    C1] x").caller == "C1");
  CHECK(text_of("[   12.345678][    C1]  func+0x1/0x2") == " func+0x1/0x2");
  CHECK(parse_prefix("[   12.345678][<ffffffff81000000>] x").caller == "");
}

TEST_CASE("log levels, syslog and journald prefixes are no part of the text") {
  CHECK(text_of("<4>[   12.345678] x") == "x");
  CHECK(text_of("[   12.345678] <4>x") == "x");
  CHECK(text_of("Jan  1 00:00:00 host kernel: [   12.345678] x") == "x");
  CHECK(text_of("Jan  1 00:00:00 host kernel: x") == "x");
  CHECK(text_of("2024-01-01T00:00:00+0000 host kernel: x") == "x");
  CHECK(text_of("[   12.345678] host kernel: x") == "x");
  CHECK(text_of("[Sun Nov  1 08:27:19 2026] x") == "x");
  CHECK(text_of("[Sun Nov  1 at some time....] x") == "[Sun Nov  1 at some time....] x");
  CHECK(text_of("[Nov22 08:27] x") == "x");
  CHECK(text_of("[  +0.000003]  x") == " x");
  CHECK(text_of("[ +12.345678] x") == "x");
  CHECK(text_of("[<    0.000005>] x") == "x");
  CHECK(text_of("2026-11-22T08:27:19,123456+00:00 x") == "x");
  CHECK(text_of("kern  :warn  : [   12.345678] x") == "x");
  CHECK(text_of("the kernel: a book") == "the kernel: a book");
}

TEST_CASE("a prefix that only the kernel's lines have marks them") {
  for (const char* line : {"[   12.345678] x", "[Sun Nov  1 08:27:19 2026] x", "[  +0.000003] x",
                           "Jan  1 00:00:00 host kernel: x", "<4>[   12.345678] x"})
    CHECK(parse_prefix(line).marked);
  for (const char* line : {"x", "<4>x", "2026-11-22 08:27:19 x", "Jan  1 00:00:00 host cron: x"})
    CHECK_FALSE(parse_prefix(line).marked);
}

TEST_CASE("the kernel's part of a line that a program began starts at the time stamp") {
  CHECK(text_of("42% done[   12.345678] bad pud") == "bad pud");
  CHECK(parse_prefix("42% done[   12.345678] bad pud").usec == 12345678u);
}

TEST_CASE("what only resembles a time stamp is text") {
  for (const char* line : {"[12] x", "[ 12.34] x", "[12.3456789] x", "[.123456] x", "[1.123456 x"})
    CHECK_FALSE(parse_prefix(line).usec);
}

TEST_CASE("carriage returns and escape sequences vanish") {
  CHECK(clean("\x1b[31mbad\x1b[0m pud\r") == "bad pud");
  CHECK(clean("a\x1b") == "a");
  CHECK(clean("a\x1b[") == "a");
  CHECK(clean("\x1b"
              "cb") == "b");
}

static std::vector<std::string> blocks_of(const std::string& bytes, std::size_t chunk) {
  std::vector<std::string> blocks;
  const LineAssembler::Sink sink = [&](std::string_view block) { blocks.emplace_back(block); };
  LineAssembler assembler;
  for (std::size_t pos = 0; pos < bytes.size(); pos += chunk)
    assembler.feed(std::string_view(bytes).substr(pos, chunk), sink);
  assembler.finish(sink);
  return blocks;
}

TEST_CASE("blocks lose no byte and end where lines end or are cut") {
  const std::string bytes = "a\n\nbc\n" + std::string(kMaxLine, 'x') + "\n" +
                            std::string(2 * kMaxLine + 5, 'y') + "\nrest";
  for (const std::size_t chunk : {std::size_t{1}, std::size_t{7}, kMaxLine, bytes.size()}) {
    CAPTURE(chunk);
    std::string joined;
    std::size_t line_start = 0;
    for (const std::string& block : blocks_of(bytes, chunk)) {
      joined += block;
      const bool piece = (joined.size() - line_start) % kMaxLine == 0;
      CHECK((block.back() == '\n' || piece || joined.size() == bytes.size()));
      if (block.back() == '\n') line_start = joined.size();
    }
    CHECK(joined == bytes);
  }
}
