#include "run/visit_stream.hpp"

#include <doctest/doctest.h>

using namespace kproof;
using namespace kproof::run;
using agent::Type;

// What the agent got of these pieces, and how often that was the end of the input.
static std::pair<std::string, int> sent(VisitStream& stream) {
  std::string bytes;
  int ends = 0;
  for (const agent::Frame& frame : stream.take_frames()) {
    if (frame.type != Type::input) continue;
    CHECK(ends == 0);
    CHECK(frame.payload.size() <= agent::kInputPiece);
    bytes += frame.payload;
    ends += frame.payload.empty();
  }
  return {bytes, ends};
}

TEST_CASE("input arrives in its order, however it is cut, and its end behind it, once") {
  VisitStream stream(false);
  stream.type("~.");
  stream.type(std::string(10000, 'x'));
  stream.type("");
  stream.end_input();
  stream.end_input();
  CHECK(sent(stream) == std::pair{"~." + std::string(10000, 'x'), 1});
  CHECK(stream.room() == 0);
  CHECK_FALSE(stream.left());
  CHECK(stream.take_frames().empty());
}

TEST_CASE("no more is read than a window that is not answered") {
  VisitStream stream(false);
  while (stream.room() > 0)
    stream.type(std::string(std::min<std::size_t>(stream.room(), 1000), 'x'));
  CHECK(sent(stream).first.size() == agent::kInputWindow);
  stream.input_taken();
  CHECK(stream.room() == 1000);
  for (int i = 0; i < 1000; ++i)  // more answers than there were questions: no more room for it
    stream.input_taken();
  CHECK(stream.room() == agent::kInputWindow);
}

TEST_CASE("what has reached the user is told, all of it and nothing else") {
  VisitStream stream(true);
  stream.print(VisitStream::to_stdout, "one\n");
  stream.print(VisitStream::to_stderr, "two\n");
  CHECK(stream.take_frames().empty());
  CHECK(stream.unprinted(VisitStream::to_stdout) == "one\n");
  stream.printed(VisitStream::to_stdout, 3);
  stream.printed(VisitStream::to_stderr, 4);
  CHECK(stream.unprinted(VisitStream::to_stdout) == "\n");
  CHECK(stream.unprinted(VisitStream::to_stderr) == "");
  const auto told = stream.take_frames();
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == Type::output_taken);
  CHECK(told[0].payload == "7");
  CHECK(stream.take_frames().empty());
}

TEST_CASE("the size of the terminal is told as it changes") {
  VisitStream stream(true);
  stream.resize({50, 132});
  const auto told = stream.take_frames();
  REQUIRE(told.size() == 1);
  CHECK(told[0].type == Type::resize);
  std::string error;
  CHECK(agent::parse_size(told[0].payload, error)->columns == 132);
}

// What reaches the guest of what is typed, in one piece and key by key.
static std::string typed(const std::string& keys, bool leaves = false) {
  VisitStream whole(true), single(true);
  whole.type(keys);
  for (const char key : keys)
    if (!single.left()) single.type({&key, 1});
  CHECK(whole.left() == leaves);
  CHECK(single.left() == leaves);
  const std::string bytes = sent(whole).first;
  CHECK(sent(single).first == bytes);
  return bytes;
}

TEST_CASE("~. at the beginning of a line ends the visit, and is not the guest's") {
  CHECK(typed("~.", true) == "");
  CHECK(typed("ls\r~.", true) == "ls\r");
  CHECK(typed("\x03~.x") == "\x03~.x");  // not at the beginning
}

TEST_CASE("any other ~ is the guest's: one of two at the beginning of a line, and all elsewhere") {
  CHECK(typed("~/x\r") == "~/x\r");
  CHECK(typed("~~.\r") == "~.\r");
  CHECK(typed("a~.~~\r") == "a~.~~\r");
  CHECK(typed("~\r~.", true) == "~\r");
}
