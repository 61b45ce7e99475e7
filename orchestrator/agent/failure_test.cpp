#include "agent/failure.hpp"

#include <doctest/doctest.h>

using namespace kproof::agent;

TEST_CASE("what fails is told at any depth, and not where a directive excuses it") {
  CHECK(is_failure("not ok 1 - write after PROT_READ faults"));
  CHECK(is_failure("    not ok 3 nested"));
  CHECK_FALSE(is_failure("ok 1 - not ok"));
  CHECK_FALSE(is_failure("# not ok is what this is about"));
  CHECK_FALSE(is_failure("not ok 2 - no NVDIMM # SKIP"));
  CHECK_FALSE(is_failure("not ok 2 - known # todo later"));
  CHECK_FALSE(is_failure("not ok 2 - known # XFAIL"));
  CHECK_FALSE(is_failure(""));
}

TEST_CASE("one inside another document is told without its indent, and nothing behind it") {
  FirstFailure failure;
  CHECK_FALSE(failure.hear("KTAP version 1\n1..3\nok 1 - a\n    not o"));
  CHECK(failure.hear("k 2 - b\nnot ok 3 - c\n") == "not ok 2 - b");
  CHECK_FALSE(failure.hear("not ok 3 - c\n"));
}

TEST_CASE("what is skipped, or expected to fail, is no first failure") {
  FirstFailure failure;
  CHECK_FALSE(
      failure.hear("not ok 1 - a # SKIP no memory\nnot ok 2 - b # XFAIL known\n# not ok 3\n"));
}

TEST_CASE("the first failure is told once, however the output is cut") {
  const std::string output = "KTAP version 1\nok 1 a\nnot ok 2 b\nnot ok 3 c\n";
  for (std::size_t piece = 1; piece <= output.size(); ++piece) {
    FirstFailure failure;
    std::string told;
    for (std::size_t at = 0; at < output.size(); at += piece)
      if (const auto line = failure.hear(std::string_view(output).substr(at, piece))) told += *line;
    CHECK(told == "not ok 2 b");
  }
}
