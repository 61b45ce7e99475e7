#include "config/quote.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
using config::quote_place_of;

TEST_CASE("what is found wrong behind the reading of a plan is shown in its line, too") {
  const util::ScratchDir dir("kproof-test-");
  const std::string plan = dir.path() / "p.yaml";
  util::write_file_atomically(plan, "schema: 1\nkernels:\n  a: { path: x }\n");
  const std::string shown = "    3 |   a: { path: x }\n      |   ^";
  CHECK(quote_place_of(plan + ":3:3: kernel a: x does not exist") == shown);
  CHECK(quote_place_of(plan + ":3:3: kernel a: two\nlines") == shown);
}

TEST_CASE("what has no place, no file or its quote already is left as it is") {
  const util::ScratchDir dir("kproof-test-");
  const std::string plan = dir.path() / "p.yaml";
  util::write_file_atomically(plan, "schema: 1\n");
  CHECK(quote_place_of("no place") == "");
  CHECK(quote_place_of(plan + ": an empty plan") == "");
  CHECK(quote_place_of("/no/such.yaml:1:1: gone") == "");
  CHECK(quote_place_of(plan + ":1:1: x\n    1 | schema: 1\n      | ^") == "");
}

TEST_CASE("a quoted line steers no terminal, and its caret stands below what it names") {
  CHECK(config::quote("a: \x1b[2J\xC2\x9B"
                      "1m x",
                      1, 1) == "    1 | a: \uFFFD[2J\uFFFD1m x\n      | ^");
  CHECK(config::quote("内核: x", 1, 9) == "    1 | 内核: x\n      |       ^");
  CHECK(config::quote("\ta\xff: x", 1, 5) == "    1 | \ta\uFFFD: x\n      | \t   ^");
}

TEST_CASE("an excerpt of a long line cuts no character in two") {
  std::string line;
  for (int i = 0; i < 100; ++i)
    line += "内";
  for (std::size_t column : {1, 100, 101, 102, 300}) {
    const std::string quoted = config::quote(line, 1, column);
    CHECK_MESSAGE(quoted.find("\uFFFD") == std::string::npos, quoted);
  }
}
